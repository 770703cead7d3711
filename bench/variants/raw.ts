import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { SessionSeed, State, Variant } from './variant.js';

interface Counter {
  id: string;
  count: number;
  note: string;
}

interface Schema extends DBSchema {
  counters: { key: string; value: Counter };
  values: { key: string; value: Record<string, unknown> };
  sessions: { key: string; value: SessionSeed; indexes: { updatedAt: string } };
}

/** What the workloads beside the chats cost at the least, each by hand. */
export function create(): Variant {
  let database: IDBPDatabase<Schema>;
  const write = (store: 'counters' | 'sessions' | 'values') =>
    database.transaction(store, 'readwrite', { durability: 'relaxed' });

  async function addAll(ids: string[]): Promise<void> {
    const transaction = write('counters');
    const store = transaction.objectStore('counters');
    const additions = new Map<string, number>();
    for (const id of ids) additions.set(id, (additions.get(id) ?? 0) + 1);
    for (const [id, more] of additions) {
      void store.get(id).then((row) => store.put({ ...row!, count: row!.count + more }));
    }
    await transaction.done;
  }

  return {
    async open() {
      database = await openDB<Schema>('bench', 1, {
        upgrade(database) {
          database.createObjectStore('counters', { keyPath: 'id' });
          database.createObjectStore('values');
          database.createObjectStore('sessions', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
        },
      });
    },
    close: async () => database.close(),

    counters: {
      async create(ids) {
        const transaction = write('counters');
        for (const id of ids) {
          void transaction.objectStore('counters').put({ id, count: 0, note: 'n'.repeat(200) });
        }
        await transaction.done;
      },
      add: (id) => addAll([id]),
      addAll,
      count: async (id) => (await database.get('counters', id))!.count,
    },

    // One row, for what opening costs.
    chat: {
      async save({ sessionId, state }) {
        const transaction = write('values');
        void transaction.objectStore('values').put({ state }, sessionId);
        await transaction.done;
      },
      readLatest: async (sessionId) => (await database.get('values', sessionId))?.['state'] as State,
    },

    values: {
      async save(id, value) {
        const transaction = write('values');
        void transaction.objectStore('values').put(value, id);
        await transaction.done;
      },
      read: (id) => database.get('values', id),
    },

    deliveries: {
      async watch(id, callback) {
        const channel = new BroadcastChannel('bench');
        channel.onmessage = async () => callback((await database.get('counters', id))!.count);
      },
      async write(id, count, note) {
        const transaction = write('counters');
        void transaction.objectStore('counters').put({ id, count, note });
        await transaction.done;
        outgoing().postMessage(id);
      },
    },

    turns: {
      // As long as the page is there.
      begin: (id) =>
        new Promise((resolve) => {
          void navigator.locks.request(id, () => {
            resolve();
            return new Promise(() => {});
          });
        }),
      async watch(id, lost) {
        void navigator.locks.request(id, lost);
      },
      isRunning: async (id) => !!(await navigator.locks.query()).held?.some(({ name }) => name === id),
    },

    sessions: {
      async fill(seeds) {
        const transaction = write('sessions');
        for (const seed of seeds) void transaction.objectStore('sessions').put(seed);
        await transaction.done;
      },
      async page(limit, cursor) {
        const index = database.transaction('sessions').store.index('updatedAt');
        const range = cursor === undefined ? null : IDBKeyRange.upperBound(cursor, true);
        // A key cursor jumps to the edge of the page, and one getAll fetches what lies between.
        const keys = await index.openKeyCursor(range, 'prev');
        if (!keys) return { ids: [], cursor: undefined };
        const newest = keys.key;
        const edge = await keys.advance(limit - 1);
        const page = edge ? IDBKeyRange.bound(edge.key, newest) : IDBKeyRange.upperBound(newest);
        const rows = await index.getAll(page);
        return { ids: rows.reverse().map(({ id }) => id), cursor: rows.at(-1)?.updatedAt };
      },
    },
  };
}

let channel: BroadcastChannel | undefined;

function outgoing(): BroadcastChannel {
  channel ??= new BroadcastChannel('bench');
  return channel;
}

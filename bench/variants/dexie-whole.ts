import { Dexie, liveQuery, type Table } from 'dexie';
import type { SessionSeed, Turn, Variant } from './variant.js';

type Snapshot = Omit<Turn, 'added'>;

interface Counter {
  id: string;
  count: number;
  note: string;
}

/** Dexie with a row per snapshot that holds it whole. */
export function create(): Variant {
  const database = new Dexie('bench', { chromeTransactionDurability: 'relaxed' });
  database.version(1).stores({
    snapshots: 'snapshotId, [sessionId+order]',
    counters: 'id',
    sessions: 'id, updatedAt',
  });
  const snapshots: Table<Snapshot, string> = database.table('snapshots');
  const counters: Table<Counter, string> = database.table('counters');
  const sessions: Table<SessionSeed, string> = database.table('sessions');

  return {
    open: async () => void (await database.open()),
    close: async () => database.close(),

    chat: {
      save: async ({ added: _, ...snapshot }) => void (await snapshots.put(snapshot)),
      async readLatest(sessionId) {
        const ofSession = snapshots
          .where('[sessionId+order]')
          .between([sessionId, Dexie.minKey], [sessionId, Dexie.maxKey]);
        return (await ofSession.last())?.state;
      },
    },

    counters: {
      create: async (ids) =>
        void (await counters.bulkPut(ids.map((id) => ({ id, count: 0, note: 'n'.repeat(200) })))),
      async add(id) {
        await database.transaction('rw', counters, async () => {
          const row = (await counters.get(id))!;
          await counters.put({ ...row, count: row.count + 1 });
        });
      },
      count: async (id) => (await counters.get(id))!.count,
    },

    deliveries: {
      async watch(id, callback) {
        liveQuery(() => counters.get(id)).subscribe((row) => {
          if (row) callback(row.count);
        });
      },
      write: async (id, count, note) => void (await counters.put({ id, count, note })),
    },

    sessions: {
      fill: async (seeds) => void (await sessions.bulkPut(seeds)),
      async page(limit, cursor) {
        const older = sessions.where('updatedAt').below(cursor ?? Dexie.maxKey);
        const rows = await older.reverse().limit(limit).toArray();
        return { ids: rows.map(({ id }) => id), cursor: rows.at(-1)?.updatedAt };
      },
    },
  };
}

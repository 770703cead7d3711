import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Turn, Variant } from './variant.js';

/** A snapshot names its parent and says how many messages of the path to it are its state. */
type Snapshot = Pick<Turn, 'snapshotId' | 'sessionId' | 'parentId' | 'order' | 'depth' | 'createdAt'> & {
  length: number;
};

interface Schema extends DBSchema {
  snapshots: { key: [session: string, order: number]; value: Snapshot };
  added: { key: [session: string, order: number]; value: Turn['added'] };
}

/**
 * The floor for saving and for bytes: one row with the new messages and one small row for the snapshot, put and
 * nothing else. It is told what is new, keeps no counts, tells no other tab and checks nothing.
 */
export function create(): Variant {
  let database: IDBPDatabase<Schema>;

  /** Rows of new messages, latest last, enough to hold the state. */
  async function addedRows(head: Snapshot): Promise<Turn['added'][]> {
    const { sessionId, order, depth, length } = head;
    const last = [sessionId, order] as [string, number];
    // Every turn adds two messages, so this many rows hold the state.
    const rows = Math.ceil(length / 2);
    if (depth === order) {
      return database.getAll('added', IDBKeyRange.bound([sessionId, order - rows + 1], last));
    }
    const transaction = database.transaction(['snapshots', 'added']);
    const all = await transaction.objectStore('snapshots').getAll(IDBKeyRange.bound([sessionId, 0], last));
    const byId = new Map(all.map((snapshot) => [snapshot.snapshotId, snapshot]));
    const path: Snapshot[] = [];
    for (let at: Snapshot | undefined = head; at && path.length < rows; at = byId.get(at.parentId ?? '')) {
      path.unshift(at);
    }
    const store = transaction.objectStore('added');
    return (await Promise.all(path.map(({ order }) => store.get([sessionId, order])))).map((row) => row!);
  }

  return {
    async open() {
      database = await openDB<Schema>('bench', 1, {
        upgrade(database) {
          database.createObjectStore('snapshots');
          database.createObjectStore('added');
        },
      });
    },
    close: async () => database.close(),
    chat: {
      async save({ added, state, ...turn }) {
        const transaction = database.transaction(['snapshots', 'added'], 'readwrite', {
          durability: 'relaxed',
        });
        const key = [turn.sessionId, turn.order] as [string, number];
        void transaction.objectStore('snapshots').put({ ...turn, length: state.messages.length }, key);
        void transaction.objectStore('added').put(added, key);
        await transaction.done;
      },
      async readLatest(sessionId) {
        const range = IDBKeyRange.bound([sessionId, 0], [sessionId, Infinity]);
        const cursor = await database.transaction('snapshots').store.openCursor(range, 'prev');
        if (!cursor) return undefined;
        const messages = (await addedRows(cursor.value)).flat().slice(-cursor.value.length);
        return { sessionId, messages };
      },
    },
  };
}

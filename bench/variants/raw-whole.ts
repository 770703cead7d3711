import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Turn, Variant } from './variant.js';

type Snapshot = Omit<Turn, 'added'>;

interface Schema extends DBSchema {
  snapshots: { key: [session: string, order: number]; value: Snapshot };
}

/** The floor for reading: a row per snapshot that holds it whole, all of them kept. Reading takes one large row. */
export function create(): Variant {
  let database: IDBPDatabase<Schema>;
  return {
    async open() {
      database = await openDB<Schema>('bench', 1, {
        upgrade(database) {
          database.createObjectStore('snapshots');
        },
      });
    },
    close: async () => database.close(),
    chat: {
      savesWhole: true,
      async save({ added: _, ...snapshot }) {
        const transaction = database.transaction('snapshots', 'readwrite', { durability: 'relaxed' });
        void transaction.store.put(snapshot, [snapshot.sessionId, snapshot.order]);
        await transaction.done;
      },
      async readLatest(sessionId) {
        const { store } = database.transaction('snapshots');
        const range = IDBKeyRange.bound([sessionId, 0], [sessionId, Infinity]);
        const cursor = await store.openKeyCursor(range, 'prev');
        return cursor ? (await store.get(cursor.primaryKey))?.state : undefined;
      },
    },
  };
}

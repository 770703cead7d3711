import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { NotOffered, type Turn, type Variant } from './variant.js';

type Snapshot = Pick<Turn, 'snapshotId' | 'sessionId' | 'parentId' | 'createdAt'> & { length: number };

interface Schema extends DBSchema {
  meta: { key: string; value: number };
  snapshots: { key: string; value: Snapshot; indexes: { sessionId: string; parentId: string } };
  sessions: { key: string; value: { count: number; updatedAt: string; latest: string } };
  added: { key: [session: string, order: number]; value: Turn['added'] };
}

/**
 * The floor for what other tabs can trust: new rows as in raw-rows, and beside them a clock that is read first, the
 * session's row with its counts, and the indexes that trees need. It is told what is new and checks nothing.
 */
export function create(): Variant {
  let database: IDBPDatabase<Schema>;
  return {
    async open() {
      database = await openDB<Schema>('bench', 1, {
        upgrade(database) {
          database.createObjectStore('meta');
          const snapshots = database.createObjectStore('snapshots', { keyPath: 'snapshotId' });
          snapshots.createIndex('sessionId', 'sessionId');
          snapshots.createIndex('parentId', 'parentId');
          database.createObjectStore('sessions');
          database.createObjectStore('added');
        },
      });
    },
    close: async () => database.close(),
    chat: {
      async save({ sessionId, snapshotId, parentId, order, depth, createdAt, added, state }) {
        if (order !== depth)
          throw new NotOffered('is there for the price of a save, and reads one path only');
        const stores = ['meta', 'snapshots', 'sessions', 'added'] as const;
        const transaction = database.transaction(stores, 'readwrite', { durability: 'relaxed' });
        const clock = (await transaction.objectStore('meta').get('clock')) ?? 0;
        const snapshot = { sessionId, snapshotId, createdAt, length: state.messages.length };
        void transaction.objectStore('meta').put(clock + 1, 'clock');
        void transaction.objectStore('snapshots').put({ ...snapshot, parentId });
        void transaction
          .objectStore('sessions')
          .put({ count: order + 1, updatedAt: createdAt, latest: snapshotId }, sessionId);
        void transaction.objectStore('added').put(added, [sessionId, order]);
        await transaction.done;
      },
      async readLatest(sessionId) {
        const rows = await database.getAll('added', IDBKeyRange.bound([sessionId, 0], [sessionId, Infinity]));
        const session = await database.get('sessions', sessionId);
        const latest = session && (await database.get('snapshots', session.latest));
        return latest && { sessionId, messages: rows.flat().slice(-latest.length) };
      },
    },
  };
}

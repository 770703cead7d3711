import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { onePath } from './one-path.js';
import type { State, Variant } from './variant.js';

interface Schema extends DBSchema {
  states: { key: string; value: State };
}

/** One row per session, overwritten with the whole state: no history, no branches. */
export function create(): Variant {
  let database: IDBPDatabase<Schema>;
  return {
    async open() {
      database = await openDB<Schema>('bench', 1, {
        upgrade(database) {
          database.createObjectStore('states');
        },
      });
    },
    close: async () => database.close(),
    chat: {
      savesWhole: true,
      async save(turn) {
        onePath(turn);
        const transaction = database.transaction('states', 'readwrite', { durability: 'relaxed' });
        void transaction.store.put(turn.state, turn.sessionId);
        await transaction.done;
      },
      readLatest: (sessionId) => database.get('states', sessionId),
    },
  };
}

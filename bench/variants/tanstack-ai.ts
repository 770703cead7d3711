import { indexedDBPersistence, type ChatPersistedState } from '@tanstack/ai-client';
import { onePath } from './one-path.js';
import type { State, Variant } from './variant.js';

/**
 * TanStack AI's IndexedDB persistence: one record per thread, overwritten with the whole transcript. No history, no
 * branches, no listing, nothing atomic to change a record with, and no word to other tabs.
 */
export function create(): Variant {
  const persistence = indexedDBPersistence({ databaseName: 'bench' });
  // It keeps whatever it is given, and never looks at it.
  const record = (messages: unknown) => ({ messages }) as ChatPersistedState;
  return {
    open: async () => {},
    close: async () => {},
    chat: {
      async save(turn) {
        onePath(turn);
        await persistence.setItem(turn.sessionId, record(turn.state.messages));
      },
      async readLatest(sessionId) {
        const found = await persistence.getItem(sessionId);
        return found ? { sessionId, messages: found.messages as unknown as State['messages'] } : undefined;
      },
    },
    counters: {
      async create(ids) {
        for (const id of ids) await persistence.setItem(id, record([0, 'n'.repeat(200)]));
      },
      async add(id) {
        const [count, note] = (await persistence.getItem(id))!.messages as unknown as [number, string];
        await persistence.setItem(id, record([count + 1, note]));
      },
      count: async (id) => (await persistence.getItem(id))!.messages[0] as unknown as number,
    },
  };
}

import { indexedDBPersistence } from '@tanstack/ai-client';
import { onePath } from './one-path.js';
import type { State, Variant } from './variant.js';

/**
 * TanStack AI's IndexedDB persistence: one record per thread, overwritten with the whole transcript. No history, no
 * branches, no listing, nothing atomic to change a record with, and no word to other tabs.
 */
export function create(): Variant {
  const persistence = indexedDBPersistence({ databaseName: 'bench' });
  return {
    open: async () => {},
    close: async () => {},
    chat: {
      async save(turn) {
        onePath(turn);
        await persistence.setItem(turn.sessionId, { messages: turn.state.messages });
      },
      async readLatest(sessionId) {
        const record = await persistence.getItem(sessionId);
        return record ? { sessionId, messages: record.messages as State['messages'] } : undefined;
      },
    },
    counters: {
      async create(ids) {
        for (const id of ids) await persistence.setItem(id, { messages: [0, 'n'.repeat(200)] });
      },
      async add(id) {
        const [count, note] = (await persistence.getItem(id))!.messages;
        await persistence.setItem(id, { messages: [(count as number) + 1, note] });
      },
      count: async (id) => (await persistence.getItem(id))!.messages[0] as number,
    },
  };
}

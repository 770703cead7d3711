import { deltaChannelHistoryTests, validate } from '@langchain/langgraph-checkpoint-validation';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IndexedDBSessionStore } from '../../../src/index.js';
import { OffshootSaver } from '../../../src/adapters/langgraph/index.js';

// The suite takes them for globals, as they are in the configuration of its authors.
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it });

/** LangGraph's own suite, whole, for a saver on whatever IndexedDB there is. */
export function validateSaver(): void {
  const stores = new Map<OffshootSaver, IndexedDBSessionStore>();
  const initializer = {
    checkpointerName: 'offshoot/langgraph',
    createCheckpointer() {
      const store = new IndexedDBSessionStore({ name: `test-${crypto.randomUUID()}` });
      const saver = new OffshootSaver(store);
      stores.set(saver, store);
      return saver;
    },
    async destroyCheckpointer(saver: OffshootSaver) {
      await stores.get(saver)!.deleteDatabase();
      await stores.get(saver)!.close();
      stores.delete(saver);
    },
  };
  validate(initializer);
  deltaChannelHistoryTests(initializer);
}

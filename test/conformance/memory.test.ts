import { afterAll, beforeAll, describe, it } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { describeSessionStore } from '../../src/testing/index.js';

const { indexedDB } = globalThis;
beforeAll(() => Reflect.deleteProperty(globalThis, 'indexedDB'));
afterAll(() => Object.assign(globalThis, { indexedDB }));

let made = 0;

describeSessionStore(
  'IndexedDBSessionStore in memory',
  (options) => {
    const name = `memory-${made++}`;
    const stores: IndexedDBSessionStore<any>[] = [];
    const open = () => {
      const store = new IndexedDBSessionStore<any>({ ...options, name, fallback: 'memory' });
      stores.push(store);
      return store;
    };
    return {
      store: open(),
      another: open,
      close: () => Promise.all(stores.map((store) => store.close())),
    };
  },
  { describe, it },
);

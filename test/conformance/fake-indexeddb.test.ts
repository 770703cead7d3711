import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { describe, it } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { describeSessionStore } from '../../src/testing/index.js';

let made = 0;

describeSessionStore(
  'IndexedDBSessionStore on fake-indexeddb',
  (options) => {
    globalThis.indexedDB = new IDBFactory();
    // The factory is new, but the channel between stores goes by the name alone.
    const name = `conformance-${made++}`;
    const stores: IndexedDBSessionStore<any>[] = [];
    const open = () => {
      const store = new IndexedDBSessionStore<any>({ ...options, name });
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

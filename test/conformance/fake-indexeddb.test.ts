import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { describe, it } from 'vitest';
import { describeSessionStore } from '../../src/testing/index.js';
import { storesNamed } from './indexeddb-factory.js';

let made = 0;

describeSessionStore(
  'IndexedDBSessionStore on fake-indexeddb',
  (options) => {
    globalThis.indexedDB = new IDBFactory();
    // The factory is new, but the channel between stores goes by the name alone.
    return storesNamed(`conformance-${made++}`, options);
  },
  { describe, it },
);

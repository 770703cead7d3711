import { onTestFinished } from 'vitest';
import { IndexedDBSessionStore, type IndexedDBSessionStoreOptions } from '../../src/index.js';

/** The name of a database that no other test uses; it is deleted, with those of its tenants, after the test. */
export function freshName(): string {
  const name = `test-${crypto.randomUUID()}`;
  onTestFinished(async () => {
    // Tests take IndexedDB away.
    if (typeof indexedDB === 'undefined') return;
    for (const database of await indexedDB.databases()) {
      if (database.name?.startsWith(name)) indexedDB.deleteDatabase(database.name);
    }
  });
  return name;
}

/** Opens a store for the length of the test. Without a name it has a database of its own. */
export function openStore(options: IndexedDBSessionStoreOptions = {}): IndexedDBSessionStore<any> {
  const store = new IndexedDBSessionStore<any>({ ...options, name: options.name ?? freshName() });
  onTestFinished(() => store.close());
  return store;
}

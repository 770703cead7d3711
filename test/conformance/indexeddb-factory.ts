import { IndexedDBSessionStore } from '../../src/index.js';
import type { StoreFactory } from '../../src/testing/index.js';

/** Waits for reads that were under way when their store closed; a connection left open would hold it up for good. */
function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** Those of one store and of all its tenants. */
async function deleteDatabases(storeName: string): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (name === storeName || name?.startsWith(`${storeName}/`)) await deleteDatabase(name);
  }
}

/** Stores over the database of this name, which are closed together. */
export function storesNamed(name: string, options: Parameters<StoreFactory>[0]) {
  const stores: IndexedDBSessionStore<any>[] = [];
  const another = () => {
    const store = new IndexedDBSessionStore<any>({ ...options, name });
    stores.push(store);
    return store;
  };
  const close = () => Promise.all(stores.map((store) => store.close()));
  return { store: another(), another, close };
}

/** A new store in a browser's IndexedDB, of which nothing is left once it is closed. */
export const indexedDBStore: StoreFactory = (options) => {
  const name = `conformance-${crypto.randomUUID()}`;
  const stores = storesNamed(name, options);
  return {
    ...stores,
    async close() {
      await stores.close();
      await deleteDatabases(name);
    },
  };
};

/** Nothing here is about speed, and machines are busy. */
export const PATIENT = { patienceMs: 30_000 };

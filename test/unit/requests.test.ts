import { IDBFactory } from 'fake-indexeddb';
import { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { describeRequests } from './requests.js';

globalThis.indexedDB = new IDBFactory();

async function saveAll(name: string, saves: (store: IndexedDBSessionStore<any>) => Promise<unknown>[]) {
  const store = new IndexedDBSessionStore<any>({ name });
  await Promise.all(saves(store));
  await store.close();
}

describeRequests({
  chain: (name, sessionId, length) =>
    saveAll(name, (store) =>
      Array.from({ length }, (_, n) =>
        save(
          store,
          `${sessionId}-${n}`,
          turn(n, { sessionId, ...(n > 0 && { parentId: `${sessionId}-${n - 1}` }) }),
        ),
      ),
    ),
  sessions: (name, count) =>
    saveAll(name, (store) =>
      Array.from({ length: count }, (_, n) => save(store, `${n}`, turn(n, { sessionId: `s${n}` }))),
    ),
});

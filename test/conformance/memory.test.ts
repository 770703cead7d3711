import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { IndexedDBSessionStore, type IndexedDBSessionStoreOptions } from '../../src/index.js';
import { describeSessionStore, type StoreFactory } from '../../src/testing/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { makeKey } from '../encryption/keys.js';

const { indexedDB, IDBKeyRange } = globalThis;
beforeAll(() => {
  Reflect.deleteProperty(globalThis, 'indexedDB');
  Reflect.deleteProperty(globalThis, 'IDBKeyRange');
});
afterAll(() => Object.assign(globalThis, { indexedDB, IDBKeyRange }));

let made = 0;

const inMemory =
  (more: IndexedDBSessionStoreOptions): StoreFactory =>
  (options) => {
    const name = `memory-${made++}`;
    const stores: IndexedDBSessionStore<any>[] = [];
    const open = () => {
      const store = new IndexedDBSessionStore<any>({ ...options, ...more, name, fallback: 'memory' });
      stores.push(store);
      return store;
    };
    return {
      store: open(),
      another: open,
      close: () => Promise.all(stores.map((store) => store.close())),
    };
  };

describeSessionStore('IndexedDBSessionStore in memory', inMemory({}), { describe, it });
describeSessionStore(
  'IndexedDBSessionStore in memory, encrypted',
  inMemory({ encryption: { key: await makeKey() } }),
  { describe, it },
);

describe('A database in memory', () => {
  test('is the same for all stores of the page with its name, until it is deleted', async () => {
    const name = `memory-${made++}`;
    const open = () => new IndexedDBSessionStore<any>({ name, fallback: 'memory' });
    const [first, second] = [open(), open()];
    await save(first, 'a', turn(1));
    await first.close();
    expect((await second.getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
    const third = open();
    await third.deleteDatabase();
    expect(await second.getSnapshot({ snapshotId: 'a' })).toBeUndefined();
    await save(second, 'b', turn(2));
    expect((await third.getSnapshot({ snapshotId: 'b' }))?.snapshotId).toBe('b');
    await Promise.all([second.close(), third.close()]);
  });

  test('takes care of itself: compaction, retention, check, storage, export and import', async () => {
    const open = () => new IndexedDBSessionStore<any>({ name: `memory-${made++}`, fallback: 'memory' });
    const store = open();
    for (let n = 0; n < 30; n++) await save(store, `a${n}`, turn(n + 1, { sessionId: `s${n % 3}` }));
    await store.compact();
    expect((await store.storage()).sessions).toHaveLength(3);
    expect(await store.check({ repair: true })).toMatchObject({ problems: [] });
    const other = open();
    const exported = await new Response(store.exportSessions()).blob();
    const { totals } = await other.importSessions(exported.stream());
    expect(totals).toMatchObject({ imported: 3, failed: 0 });
    expect(await other.check()).toMatchObject({ problems: [] });
    await store.retain({ maxSessions: 1 });
    expect((await store.listSessions()).sessions).toHaveLength(1);
    await Promise.all([store.close(), other.close()]);
  });
});

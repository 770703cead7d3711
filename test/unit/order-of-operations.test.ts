import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal, failureOf } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

type Store = IndexedDBSessionStore<any>;

/** Saves a chain and waits for none of it. */
const begin = (store: Store, count: number) =>
  Array.from({ length: count }, (_, n) =>
    save(store, `${n}`, turn(n, n > 0 ? { parentId: `${n - 1}` } : {})),
  );

describe('a delete wins over the saves called before it, whether or not they were waited for', () => {
  const deletes: Record<string, (store: Store) => Promise<unknown>> = {
    deleteSession: (store) => store.deleteSession('s'),
    'deleteSnapshot of the subtree': (store) => store.deleteSnapshot('0', { subtree: true }),
    clear: (store) => store.clear(),
    deleteDatabase: (store) => store.deleteDatabase(),
  };
  test.each(Object.entries(deletes))('%s', async (_, remove) => {
    const store = openStore();
    const saves = begin(store, 10);
    const removal = remove(store);
    expect(await Promise.all(saves)).toEqual(saves.map((_, n) => `${n}`));
    expect([10, undefined]).toContain(await removal);
    expect(await store.getSession('s')).toBeUndefined();
    for (let n = 0; n < 10; n++) expect(await store.getSnapshot({ snapshotId: `${n}` })).toBeUndefined();
  });

  test.each(Object.entries(deletes))('%s leaves the saves called after it', async (_, remove) => {
    const store = openStore();
    await Promise.all([...begin(store, 3), remove(store), save(store, 'after', turn(9))]);
    const { snapshots } = await store.listSnapshots({ sessionId: 's' });
    expect(snapshots.map(({ snapshotId }) => snapshotId)).toEqual(['after']);
    expect((await store.getSession('s'))?.snapshotCount).toBe(1);
  });

  test('nor does a late update of the session bring it back', async () => {
    const store = openStore();
    const [, , update] = await Promise.allSettled([
      save(store, 'a', turn(1)),
      store.deleteSession('s'),
      store.updateSession('s', { title: 'Late' }),
    ]);
    expect(update).toMatchObject({ status: 'rejected', reason: { status: 'NOT_FOUND' } });
    expect((await store.listSessions()).sessions).toEqual([]);
  });
});

describe('a read sees the writes called before it and none called after', () => {
  const ids = (list: { snapshotId: string }[]) => list.map(({ snapshotId }) => snapshotId);
  const reads: Record<string, (store: Store) => Promise<unknown>> = {
    'getSnapshot({ snapshotId })': async (store) =>
      (await store.getSnapshot({ snapshotId: '1' }))?.snapshotId,
    'getSnapshot({ sessionId })': async (store) => (await store.getSnapshot({ sessionId: 's' }))?.snapshotId,
    listSessions: async (store) => (await store.listSessions()).sessions[0]?.snapshotCount,
    getSession: async (store) => (await store.getSession('s'))?.snapshotCount,
    listSnapshots: async (store) => ids((await store.listSnapshots({ sessionId: 's' })).snapshots),
    getHistory: async (store) => {
      const history = await store.getHistory('1').catch(() => []);
      return ids(history);
    },
    getTree: async (store) => [...(await store.getTree('s')).nodes.keys()],
    getLeaves: async (store) => ids(await store.getLeaves('s')),
    getHead: async (store) => (await store.getHead('s'))?.snapshotId,
  };
  test.each(Object.entries(reads))('%s', async (_, read) => {
    const store = openStore();
    const before = read(store);
    const saves = begin(store, 2);
    const between = read(store);
    const removal = store.deleteSession('s');
    const after = read(store);
    const settledBetween = await between;
    await Promise.all([...saves, removal]);

    const again = openStore();
    const nothing = await read(again);
    await Promise.all(begin(again, 2));
    expect(await before).toEqual(nothing);
    expect(settledBetween).toEqual(await read(again));
    expect(settledBetween).not.toEqual(nothing);
    expect(await after).toEqual(nothing);
  });

  test('also of two stores, once the write is done', async () => {
    const name = freshName();
    const [one, other] = [openStore({ name }), openStore({ name })];
    for (let n = 1; n <= 20; n++) {
      await save(n % 2 ? one : other, 'a', turn(n));
      const reader = n % 3 ? one : other;
      expect((await reader.getSnapshot({ snapshotId: 'a' }))?.createdAt).toBe(turn(n).createdAt);
    }
  });
});

describe('writes', () => {
  test('are done in the order in which they were called, of whatever kind', async () => {
    const store = openStore();
    const done: string[] = [];
    const log = async (step: string, work: Promise<unknown>) => {
      await work.catch(() => {});
      done.push(step);
    };
    const steps = [
      log('save', save(store, 'a', turn(1))),
      log('title', store.updateSession('s', { title: 'T' })),
      log('refused', store.updateSession('unknown', { title: 'T' })),
      log('child', save(store, 'b', turn(2, { parentId: 'a' }))),
      log('select', store.selectBranch('a')),
      log('grandchild', save(store, 'c', turn(3, { parentId: 'a' }))),
      log('delete', store.deleteSnapshot('b')),
    ];
    await Promise.all(steps);
    expect(done).toEqual(['save', 'title', 'refused', 'child', 'select', 'grandchild', 'delete']);
    expect(await store.getSession('s')).toMatchObject({
      title: 'T',
      snapshotCount: 2,
      selectedSnapshotId: 'c',
    });
  });

  test('that fail do not hold up or undo those around them', async () => {
    const store = openStore();
    const [first, failure, refusal, last] = await Promise.all([
      save(store, 'a', turn(1)),
      failureOf(() =>
        store.saveSnapshot('a', () => {
          throw new Error('mine');
        }),
      ),
      expectRefusal(() => save(store, 'a', turn(2, { sessionId: 'other' })), 'FAILED_PRECONDITION'),
      save(store, 'b', turn(3, { parentId: 'a' })),
    ]);
    expect([first, (failure as Error).message, refusal.path, last]).toEqual(['a', 'mine', 'sessionId', 'b']);
    expect(await store.getHistory('b')).toHaveLength(2);
  });
});

describe('changing an argument after the call changes nothing', () => {
  test('of updateSession', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const patch = { title: 'Before', metadata: { colour: 'red' } };
    const update = store.updateSession('s', patch);
    patch.title = 'After';
    patch.metadata.colour = 'blue';
    expect(await update).toMatchObject({ title: 'Before', metadata: { colour: 'red' } });
  });

  test('of listSnapshots', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const options = { sessionId: 's', limit: 1 };
    const listing = store.listSnapshots(options);
    options.sessionId = 'other';
    options.limit = 0;
    expect((await listing).snapshots).toHaveLength(1);
  });

  test('of getSnapshot', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const options = { snapshotId: 'a' as string | undefined };
    const reading = store.getSnapshot(options);
    options.snapshotId = undefined;
    expect((await reading)?.snapshotId).toBe('a');
  });

  test('of the constructor', async () => {
    const options = { name: freshName(), maxPersistedChainLength: 1 as number | undefined };
    const store = openStore(options);
    options.maxPersistedChainLength = undefined;
    await save(store, 'a', turn(1));
    await save(store, 'b', turn(2, { parentId: 'a' }));
    expect(await store.getSnapshot({ snapshotId: 'a' })).toBeUndefined();
  });
});

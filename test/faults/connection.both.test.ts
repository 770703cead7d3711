import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal, failureOf } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { deleteRaw, dumpDatabase, openRaw, settled, withRaw } from '../database/raw-database.js';
import { abortingCommits, refusingTransactions } from './inject-faults.js';
import { holdUp, losePatience } from './patience.js';
import { renewIndexedDB } from '../environment.js';

type Store = IndexedDBSessionStore<any>;

const read = async (store: Store, snapshotId: string) => (await store.getSnapshot({ snapshotId }))?.createdAt;

/** One call of every kind: of each of them the connection is lost once, and it is asked for one. */
const CALLS: Record<string, (store: Store) => Promise<unknown>> = {
  getSnapshot: (store) => store.getSnapshot({ snapshotId: 'a' }),
  saveSnapshot: (store) => save(store, 'a', turn(2)),
  listSessions: (store) => store.listSessions(),
  getSession: (store) => store.getSession('s'),
  updateSession: (store) => store.updateSession('s', { title: 'T' }),
  listSnapshots: (store) => store.listSnapshots({ sessionId: 's' }),
  getHistory: (store) => store.getHistory('a'),
  getTree: (store) => store.getTree('s'),
  getLeaves: (store) => store.getLeaves('s'),
  selectBranch: (store) => store.selectBranch('a'),
  getHead: (store) => store.getHead('s'),
  deleteSnapshot: (store) => store.deleteSnapshot('a'),
  deleteSession: (store) => store.deleteSession('s'),
  clear: (store) => store.clear(),
  deleteDatabase: (store) => store.deleteDatabase(),
};

renewIndexedDB();

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('another tab deletes the database', () => {
  test('it is not held up, and the store goes on with an empty one', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    await deleteRaw(name);
    expect(await store.getSnapshot({ snapshotId: 'a' })).toBeUndefined();
    await save(store, 'b', turn(2));
    expect(await read(store, 'b')).toBe(turn(2).createdAt);
    await deleteRaw(name);
    expect((await store.listSessions()).sessions).toEqual([]);
  });

  test('in the midst of saves none of them fails, and what is there afterwards is whole', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'first', turn(0));
    const saves = Array.from({ length: 60 }, (_, n) => save(store, `${n}`, turn(n)));
    await saves[10];
    await deleteRaw(name);
    expect(await Promise.all(saves)).toEqual(saves.map((_, n) => `${n}`));

    await save(store, 'last', turn(99));
    const { snapshots } = await store.listSnapshots({ sessionId: 's', limit: 1000, order: 'asc' });
    expect((await store.getSession('s'))?.snapshotCount).toBe(snapshots.length);
    for (const { snapshotId } of snapshots) {
      expect((await store.getSnapshot({ snapshotId }))?.state?.messages).toHaveLength(1);
    }
    expect(await store.getSnapshot({ snapshotId: 'first' })).toBeUndefined();
    expect(snapshots.at(-1)?.snapshotId).toBe('last');
  });
});

describe('a newer version of the database', () => {
  test('is not held up by the store, nor touched by it: FAILED_PRECONDITION', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const upgraded = await settled(indexedDB.open(name, 1_000));
    upgraded.close();
    const before = await dumpDatabase(name);

    for (const [method, call] of Object.entries(CALLS)) {
      const error = await expectRefusal(() => call(store), 'FAILED_PRECONDITION');
      expect(error.message, method).toMatch(/newer/);
    }
    await expectRefusal(() => save(openStore({ name }), 'b', turn(2)), 'FAILED_PRECONDITION');
    expect(await dumpDatabase(name)).toEqual(before);
    await withRaw(name, ({ db }) => expect(db.version).toBe(1_000));
  });

  test('is forgotten when that database is gone', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'b', turn(1));
    (await settled(indexedDB.open(name, 1_000))).close();
    await expectRefusal(() => save(store, 'a', turn(1)), 'FAILED_PRECONDITION');
    await deleteRaw(name);
    await save(store, 'a', turn(1));
    expect(await read(store, 'a')).toBe(turn(1).createdAt);
  });
});

describe('a connection that is closing when a transaction is begun', () => {
  test.each(Object.entries(CALLS))('%s is done on a new one', async (_, call) => {
    const [spared, hit] = [openStore(), openStore()];
    for (const store of [spared, hit]) await save(store, 'a', turn(1));
    expect(await refusingTransactions(1, () => call(hit))).toEqual(await call(spared));
    expect(await hit.getTree('s')).toEqual(await spared.getTree('s'));
  });

  test('the mutator is called once, for it had not been called before', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const mutator = vi.fn(() => turn(2));
    await refusingTransactions(1, () => store.saveSnapshot('a', mutator));
    expect(mutator).toHaveBeenCalledOnce();
  });

  test.each(Object.entries(CALLS))(
    '%s gives up when the new one is no better: UNAVAILABLE',
    async (_, call) => {
      const name = freshName();
      const store = openStore({ name });
      await save(store, 'a', turn(1));
      const before = await dumpDatabase(name);
      const error = await expectRefusal(
        () => refusingTransactions(Infinity, () => call(store)),
        'UNAVAILABLE',
      );
      expect((error.cause as Error).name).toBe('InvalidStateError');
      expect(await dumpDatabase(name)).toEqual(before);
      await save(store, 'b', turn(2));
      expect(await read(store, 'b')).toBe(turn(2).createdAt);
    },
  );
});

test('a save that the browser aborted is done again with what is stored then', async () => {
  const store = openStore();
  const count = (n: number) => turn(1, { state: { custom: n } });
  await save(store, 'a', count(1));
  const seen: unknown[] = [];
  const id = await abortingCommits(1, undefined, () =>
    store.saveSnapshot('a', (current) => {
      seen.push(current?.state?.custom);
      current!.state!.custom++;
      return current!;
    }),
  );
  expect(id).toBe('a');
  expect(seen).toEqual([1, 1]);
  expect((await store.getSnapshot({ snapshotId: 'a' }))?.state?.custom).toBe(2);
});

test('a save without an id that the browser aborted is one save, with one id', async () => {
  let made = 0;
  const store = openStore({ generateId: () => `made-${made++}` });
  const id = await abortingCommits(1, undefined, () => store.saveSnapshot(undefined, () => turn(1)));
  expect(id).toBe('made-0');
  const { snapshots } = await store.listSnapshots({ sessionId: 's' });
  expect(snapshots.map(({ snapshotId }) => snapshotId)).toEqual(['made-0']);
});

describe('no IndexedDB', () => {
  test('constructing a store is fine, using it UNAVAILABLE', async () => {
    const name = freshName();
    vi.stubGlobal('indexedDB', undefined);
    const store = new IndexedDBSessionStore<any>({ name });
    for (const [method, call] of Object.entries(CALLS)) {
      const error = await expectRefusal(() => call(store), 'UNAVAILABLE');
      expect(error.message, method).toContain('IndexedDB');
    }
    await store.close();
  });

  test('it is used as soon as it is there', async () => {
    const name = freshName();
    vi.stubGlobal('indexedDB', undefined);
    const store = openStore({ name });
    await expectRefusal(() => save(store, 'a', turn(1)), 'UNAVAILABLE');
    vi.unstubAllGlobals();
    await save(store, 'a', turn(1));
    expect(await read(store, 'a')).toBe(turn(1).createdAt);
  });

  test.each(['SecurityError', 'InvalidStateError', 'UnknownError'])(
    'an open that fails with %s, as where the user allows no storage: UNAVAILABLE',
    async (reason) => {
      const name = freshName();
      const store = openStore({ name });
      const fault = new DOMException('no', reason);
      const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
        throw fault;
      });
      for (const call of Object.values(CALLS)) {
        const error = await expectRefusal(() => call(store), 'UNAVAILABLE');
        expect(error.cause).toBe(fault);
      }
      open.mockRestore();
      await save(store, 'a', turn(1));
      expect(await read(store, 'a')).toBe(turn(1).createdAt);
    },
  );
});

describe('a database that does not open', () => {
  test.each(Object.entries(CALLS))('%s: UNAVAILABLE after the limit', async (_, call) => {
    const name = freshName();
    await save(openStore({ name }), 'a', turn(1));
    const letGo = await holdUp(name);
    const store = openStore({ name });
    const error = await losePatience(() => expectRefusal(() => call(store), 'UNAVAILABLE'));
    expect(error.message).toContain(name);
    await letGo();
  });

  test('all that wait for it are refused, and the store goes on when it opens', async () => {
    const name = freshName();
    await save(openStore({ name }), 'a', turn(1));
    const letGo = await holdUp(name);
    const store = openStore({ name });
    const calls = () => [
      store.getSnapshot({ snapshotId: 'a' }),
      save(store, 'b', turn(2)),
      save(store, 'c', turn(3)),
      store.listSessions(),
    ];
    const errors = await losePatience(() =>
      Promise.all(calls().map((call) => expectRefusal(() => call, 'UNAVAILABLE'))),
    );
    expect(errors).toHaveLength(4);

    await letGo();
    await save(store, 'd', turn(4));
    const { snapshots } = await store.listSnapshots({ sessionId: 's' });
    expect(snapshots.map(({ snapshotId }) => snapshotId)).toEqual(['d']);
  });

  test('a connection that came too late is not left open', async () => {
    const name = freshName();
    await save(openStore({ name }), 'a', turn(1));
    const letGo = await holdUp(name);
    const store = openStore({ name });
    await losePatience(() => expectRefusal(() => save(store, 'b', turn(2)), 'UNAVAILABLE'));
    await letGo();
    // Waits its turn behind the late one.
    (await settled(indexedDB.open(name))).close();
    await deleteRaw(name);
  });
});

describe('a database that is not let go by others', () => {
  test('deleteDatabase: UNAVAILABLE after the limit, and the store goes on when it is', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const holder = await openRaw(name);
    onTestFinished(() => holder.close());
    await losePatience(() => expectRefusal(() => store.deleteDatabase(), 'UNAVAILABLE'));
    holder.close();
    await save(store, 'b', turn(2));
    expect(await read(store, 'a')).toBeUndefined();
    expect(await read(store, 'b')).toBe(turn(2).createdAt);
  });

  test('deleteDatabase: watchers are told of what is gone, though the database is not', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const told: string[] = [];
    store.onSessionChange('s', ({ type }) => told.push(type));
    const holder = await openRaw(name);
    onTestFinished(() => holder.close());
    await losePatience(() => expectRefusal(() => store.deleteDatabase(), 'UNAVAILABLE'));
    holder.close();
    const isThere = (await store.getSession('s')) !== undefined;
    expect(told).toEqual(isThere ? [] : ['deleted']);
  });
});

describe('close', () => {
  test('waits for the saves begun before, and they succeed', async () => {
    const name = freshName();
    const store = openStore({ name });
    let saved = 0;
    const saves = Array.from({ length: 20 }, async (_, n) => {
      await save(store, `${n}`, turn(n));
      saved++;
    });
    const reading = store.getSnapshot({ snapshotId: '19' });
    await store.close();
    expect(saved).toBe(20);
    await Promise.all(saves);
    expect((await reading)?.snapshotId).toBe('19');
    expect((await openStore({ name }).getSession('s'))?.snapshotCount).toBe(20);
  });

  test('waits for a save even if it fails', async () => {
    const store = openStore();
    const failing = failureOf(() =>
      store.saveSnapshot('a', () => {
        throw new Error('mine');
      }),
    );
    await store.close();
    expect(await failing).toEqual(new Error('mine'));
  });

  test('of a store that was never used makes no database', async () => {
    const name = freshName();
    const store = openStore({ name });
    await store.close();
    expect(await dumpDatabase(name)).toBeUndefined();
  });

  test('lets go of the database', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    await store.close();
    await deleteRaw(name);
  });

  test.each(Object.entries(CALLS))('%s is refused from then on: FAILED_PRECONDITION', async (_, call) => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const before = await dumpDatabase(name);
    const closing = store.close();
    const error = await expectRefusal(() => call(store), 'FAILED_PRECONDITION');
    expect(error.message).toContain('closed');
    await closing;
    await expectRefusal(() => call(store), 'FAILED_PRECONDITION');
    expect(await dumpDatabase(name)).toEqual(before);
  });

  test('nobody can be made a watcher from then on', async () => {
    const store = openStore();
    await store.close();
    const callback = vi.fn();
    await expectRefusal(() => store.onSnapshotStateChange('a', callback), 'FAILED_PRECONDITION');
    await expectRefusal(() => store.onSessionChange('s', callback), 'FAILED_PRECONDITION');
    await expectRefusal(() => store.onSessionsChange(callback), 'FAILED_PRECONDITION');
  });

  test('can be called again, at once and later', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await Promise.all([store.close(), store.close()]);
    await store.close();
  });

  test('gives up on a database that does not open', async () => {
    const name = freshName();
    await save(openStore({ name }), 'a', turn(1));
    const letGo = await holdUp(name);
    const store = openStore({ name });
    await losePatience(async () => {
      const saving = expectRefusal(() => save(store, 'b', turn(2)), 'UNAVAILABLE');
      await store.close();
      await saving;
    });
    await letGo();
  });
});

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore, SessionsChange } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

type Store = IndexedDBSessionStore<any>;

/** What a watcher of one session, or of all, was told. */
function watch(store: Store, sessionId?: string): SessionsChange[] {
  const told: SessionsChange[] = [];
  if (sessionId === undefined) store.onSessionsChange((change) => told.push(change));
  else store.onSessionChange(sessionId, (change) => told.push(change));
  return told;
}

const short = (change: SessionsChange) =>
  change.type === 'reset' ? 'reset' : `${change.type} ${change.sessionId}`;

describe('this tab’s watchers have been told by the time the call resolves', () => {
  const changes: [string, (store: Store) => Promise<unknown>][] = [
    ['saving a snapshot', (store) => save(store, 'b', turn(2, { parentId: 'a' }))],
    ['rewriting one', (store) => save(store, 'a', turn(1, { updatedAt: turn(9).createdAt }))],
    ['updating the session', (store) => store.updateSession('s', { title: 'T' })],
    ['selecting a branch', (store) => store.selectBranch('a')],
    ['deleting a snapshot', (store) => store.deleteSnapshot('c')],
  ];
  test.each(changes)('%s', async (_, change) => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await save(store, 'c', turn(1));
    const [one, all] = [watch(store, 's'), watch(store)];
    await change(store);
    const session = await store.getSession('s');
    expect(one).toEqual([{ type: 'changed', sessionId: 's', session }]);
    expect(all).toEqual(one);
  });

  test.each<[string, (store: Store) => Promise<unknown>]>([
    ['deleting the session', (store) => store.deleteSession('s')],
    ['deleting its last snapshot', (store) => store.deleteSnapshot('a', { subtree: true })],
  ])('%s', async (_, remove) => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await save(store, 'b', turn(2, { parentId: 'a' }));
    const [one, all] = [watch(store, 's'), watch(store)];
    await remove(store);
    expect(one).toEqual([{ type: 'deleted', sessionId: 's' }]);
    expect(all).toEqual(one);
  });

  test.each(['clear', 'deleteDatabase'] as const)('%s', async (remove) => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await save(store, 'x', turn(1, { sessionId: 'two' }));
    const [one, two, all] = [watch(store, 's'), watch(store, 'two'), watch(store)];
    await store[remove]();
    expect(one).toEqual([{ type: 'deleted', sessionId: 's' }]);
    expect(two).toEqual([{ type: 'deleted', sessionId: 'two' }]);
    expect(all).toEqual([{ type: 'reset' }]);
  });
});

test('each change is told once, in the order of the commits, as it was then', async () => {
  const store = openStore();
  const told = watch(store, 's');
  const titles = Array.from({ length: 10 }, (_, n) => `title ${n}`);
  await Promise.all([
    save(store, 'a', turn(1)),
    ...titles.map((title) => store.updateSession('s', { title })),
  ]);
  const seen = told.map((change) => (change.type === 'changed' ? change.session.title : change.type));
  expect(seen).toEqual([undefined, ...titles]);
});

test('a session may be watched before it exists, and after it is gone', async () => {
  const store = openStore();
  const told = watch(store, 's');
  await save(store, 'x', turn(1, { sessionId: 'other' }));
  expect(told).toEqual([]);
  await save(store, 'a', turn(1));
  await store.deleteSession('s');
  await save(store, 'b', turn(2));
  expect(told.map(short)).toEqual(['changed s', 'deleted s', 'changed s']);
});

test('other sessions, and snapshots of none, are not told to the watcher of one', async () => {
  const store = openStore();
  await save(store, 'a', turn(1));
  const [one, all] = [watch(store, 's'), watch(store)];
  await save(store, 'x', turn(2, { sessionId: 'two', parentId: 'a' }));
  await save(store, 'y', turn(3, { sessionId: undefined, parentId: 'a' }));
  await store.deleteSession('two');
  expect(one).toEqual([]);
  expect(all.map(short)).toEqual(['changed two', 'deleted two']);
});

test('what changes nothing is not told', async () => {
  const store = openStore();
  await save(store, 'a', turn(1));
  const [one, all] = [watch(store, 's'), watch(store)];
  await store.saveSnapshot('a', () => null);
  await Promise.allSettled([
    save(store, 'b', turn(2, { state: { custom: () => 0 } })),
    save(store, 'a', turn(2, { sessionId: 'two' })),
    store.updateSession('unknown', { title: 'T' }),
    store.selectBranch('unknown'),
    store.deleteSnapshot('unknown'),
    store.deleteSession('unknown'),
  ]);
  expect(one).toEqual([]);
  expect(all).toEqual([]);
});

describe('a session that is gone is told once', () => {
  test('when it is deleted again', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const [one, all] = [watch(store, 's'), watch(store)];
    expect(await Promise.all([store.deleteSession('s'), store.deleteSession('s')])).toEqual([1, 0]);
    expect(one.map(short)).toEqual(['deleted s']);
    expect(all.map(short)).toEqual(['deleted s']);
  });

  test('when the store is cleared afterwards', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const one = watch(store, 's');
    await store.deleteSession('s');
    await store.clear();
    await store.deleteDatabase();
    expect(one.map(short)).toEqual(['deleted s']);
  });

  test('to another tab that comes late to hear of it, whatever else was written meanwhile', async () => {
    const name = freshName();
    const [writer, listener] = [openStore({ name }), openStore({ name })];
    await save(writer, 'seed', turn(0, { sessionId: 'seed' }));
    const [one, all, last] = [watch(listener, 's'), watch(listener), watch(listener, 'last')];
    // All of these are said before the listener has read any of it.
    await Promise.all([
      save(writer, 'a', turn(1)),
      save(writer, 'b', turn(2, { parentId: 'a' })),
      writer.deleteSession('s'),
      ...Array.from({ length: 5 }, (_, n) => save(writer, `x${n}`, turn(n, { sessionId: 'two' }))),
      save(writer, 'z', turn(9, { sessionId: 'last' })),
    ]);
    await eventually(() => last.length > 0, 'the last change to be told');
    expect(one.map(short).filter((change) => change === 'deleted s')).toEqual(['deleted s']);
    expect(one.map(short).at(-1)).toBe('deleted s');
    expect(all.map(short).filter((change) => change === 'deleted s')).toEqual(['deleted s']);
  });

  test('to another tab, when the store is cleared and used again at once', async () => {
    const name = freshName();
    const [writer, listener] = [openStore({ name }), openStore({ name })];
    await save(writer, 'seed', turn(0));
    const [one, last] = [watch(listener, 's'), watch(listener, 'last')];
    await Promise.all([
      save(writer, 'a', turn(1)),
      save(writer, 'b', turn(2, { parentId: 'a' })),
      writer.clear(),
      save(writer, 'z', turn(9, { sessionId: 'last' })),
    ]);
    await eventually(() => last.length > 0, 'the last change to be told');
    expect(one.map(short).filter((change) => change === 'deleted s')).toEqual(['deleted s']);
    expect(one.map(short).at(-1)).toBe('deleted s');
  });
});

describe('another tab’s watchers', () => {
  test('hear of every kind of change, and end on what is stored', async () => {
    const name = freshName();
    const [writer, listener] = [openStore({ name }), openStore({ name })];
    const [one, all] = [watch(listener, 's'), watch(listener)];
    const steps: [() => Promise<unknown>, string][] = [
      [() => save(writer, 'a', turn(1)), 'changed s'],
      [() => save(writer, 'b', turn(2, { parentId: 'a' })), 'changed s'],
      [() => writer.updateSession('s', { title: 'T' }), 'changed s'],
      [() => writer.selectBranch('a'), 'changed s'],
      [() => writer.deleteSnapshot('b'), 'changed s'],
      [() => writer.deleteSession('s'), 'deleted s'],
    ];
    const told: string[] = [];
    for (const [step, expected] of steps) {
      await step();
      told.push(expected);
      await eventually(() => one.length >= told.length && all.length >= told.length, expected);
      expect(one.map(short)).toEqual(told);
      expect(all).toEqual(one);
      const last = one.at(-1)!;
      if (last.type === 'changed') expect(last.session).toEqual(await writer.getSession('s'));
    }
    await writer.clear();
    await eventually(() => all.length > told.length, 'the reset');
    expect(all.at(-1)).toEqual({ type: 'reset' });
  });

  test('hear in the order of the commits when both write at once', async () => {
    const name = freshName();
    const stores = [openStore({ name }), openStore({ name })];
    await save(stores[0]!, 'root', turn(0));
    const told = stores.map((store) => watch(store, 's'));
    await Promise.all(Array.from({ length: 60 }, (_, n) => save(stores[n % 2]!, `${n}`, turn(n))));
    const counts = () =>
      told.map((changes) =>
        changes.map((change) => (change.type === 'changed' ? change.session.snapshotCount : 0)),
      );
    await eventually(() => counts().every((each) => each.at(-1) === 61), 'both to end on 61 snapshots');
    for (const each of counts()) expect(each).toEqual([...new Set(each)].sort((a, b) => a - b));
  });
});

describe('one watcher and the others', () => {
  test('who throws is reported; all others, the save and its own later calls are unharmed', async () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const store = openStore();
    const error = new Error('mine');
    let calls = 0;
    const failing = () => {
      calls++;
      throw error;
    };
    const before = watch(store, 's');
    store.onSessionChange('s', failing);
    store.onSessionsChange(failing);
    const [after, all] = [watch(store, 's'), watch(store)];
    expect(await save(store, 'a', turn(1))).toBe('a');
    await save(store, 'b', turn(2));
    expect([before.length, after.length, all.length, calls]).toEqual([2, 2, 2, 4]);
    expect(reported).toEqual([error, error, error, error]);
  });

  test('without reportError, what a watcher throws reaches the console', async () => {
    vi.stubGlobal('reportError', undefined);
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const store = openStore();
    const error = new Error('mine');
    store.onSessionsChange(() => {
      throw error;
    });
    await save(store, 'a', turn(1));
    expect(log).toHaveBeenCalledWith(error);
    log.mockRestore();
  });

  test('each gets a copy of its own', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    store.onSessionChange('s', (change) => {
      if (change.type === 'changed') Object.assign(change.session.metadata!, { spoiled: true });
    });
    const [one, all] = [watch(store, 's'), watch(store)];
    await store.updateSession('s', { metadata: { list: [1] } });
    for (const [change] of [one, all]) {
      expect(change).toMatchObject({ session: { metadata: { list: [1] } } });
      expect(change).not.toHaveProperty('session.metadata.spoiled');
    }
    expect((await store.getSession('s'))?.metadata).toEqual({ list: [1] });
  });

  test('one who ends its watch in its callback hears no more; others do', async () => {
    const store = openStore();
    const ended: string[] = [];
    const end = store.onSessionChange('s', ({ type }) => {
      ended.push(type);
      end();
      end();
    });
    const other = watch(store, 's');
    await save(store, 'a', turn(1));
    await save(store, 'b', turn(2));
    end();
    expect(ended).toEqual(['changed']);
    expect(other).toHaveLength(2);
  });

  test('one who ends another’s watch in its callback keeps it from hearing of this very change', async () => {
    const store = openStore();
    const heard: string[] = [];
    store.onSessionsChange(() => endSecond());
    const endSecond = store.onSessionsChange(() => heard.push('second'));
    store.onSessionsChange(() => heard.push('third'));
    await save(store, 'a', turn(1));
    expect(heard).toEqual(['third']);
  });

  test('one who begins a watch in its callback hears of the next change first', async () => {
    const store = openStore();
    const inner: string[] = [];
    const end = store.onSessionChange('s', () => {
      end();
      store.onSessionChange('s', ({ type }) => inner.push(type));
    });
    await save(store, 'a', turn(1));
    expect(inner).toEqual([]);
    await store.deleteSession('s');
    expect(inner).toEqual(['deleted']);
  });

  test('the same function watching twice is called twice, and ended one at a time', async () => {
    const store = openStore();
    const callback = vi.fn();
    const end = store.onSessionChange('s', callback);
    store.onSessionChange('s', callback);
    await save(store, 'a', turn(1));
    expect(callback).toHaveBeenCalledTimes(2);
    end();
    end();
    await save(store, 'b', turn(2));
    expect(callback).toHaveBeenCalledTimes(3);
  });

  test('one may write in its callback, and hears of that afterwards', async () => {
    const store = openStore();
    const counts: number[] = [];
    store.onSessionChange('s', (change) => {
      if (change.type !== 'changed') return;
      counts.push(change.session.snapshotCount);
      if (counts.length < 3) void save(store, `${counts.length}`, turn(counts.length));
    });
    await save(store, 'a', turn(1));
    await eventually(() => counts.length === 3, 'the watcher to hear of its own saves');
    expect(counts).toEqual([1, 2, 3]);
  });

  test('nobody is told after close', async () => {
    const name = freshName();
    const [store, other] = [openStore({ name }), openStore({ name })];
    const [one, all, control] = [watch(store, 's'), watch(store), watch(other, 's')];
    await store.close();
    await save(openStore({ name }), 'a', turn(1));
    await eventually(() => control.length > 0, 'an open store to be told');
    expect([one, all]).toEqual([[], []]);
  });
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';

type Store = IndexedDBSessionStore<any>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const NOT_TEXTS = ['', ' \n', 7, null, {}, true];
const NOT_FUNCTIONS = ['text', 7, null, {}, true];

describe('options of the constructor', () => {
  test('something else instead of options', async () => {
    for (const options of [null, 'text', 7, [], () => ({})]) {
      await expectRefusal(() => new IndexedDBSessionStore(options as never), 'INVALID_ARGUMENT', 'options');
    }
  });

  const values: Record<string, unknown[]> = {
    // A half of a surrogate pair is no character, and no part of a database's name.
    name: NOT_TEXTS,
    namespace: [...NOT_TEXTS, '\ud800'],
    snapshotPathPrefix: NOT_FUNCTIONS,
    rejectBranchingSessions: ['yes', 1, null, {}],
    heartbeatTimeoutMs: [-1, NaN, '60000', null, {}],
    maxPersistedChainLength: [0, -1, 1.5, NaN, Infinity, '10', null],
    generateId: NOT_FUNCTIONS,
    durability: ['Strict', '', 7, null],
    stateSchema: ['text', 7, null, {}, { '~standard': {} }, () => true],
  };
  test.each(Object.entries(values))('%s', async (option, bad) => {
    for (const value of bad) {
      const error = await expectRefusal(
        () => new IndexedDBSessionStore({ [option]: value }),
        'INVALID_ARGUMENT',
      );
      expect(error.path, JSON.stringify(value)).toMatch(new RegExp(String.raw`^options\.${option}(\.|$)`));
    }
  });

  test.each(Object.keys(values))('%s: undefined is as good as nothing', async (option) => {
    const store = openStore({ [option]: undefined });
    await save(store, 'a', turn(1));
    expect((await store.getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
  });
});

test('snapshotPathPrefix returns what cannot name a tenant', async () => {
  for (const prefix of [...NOT_TEXTS, undefined, '\ud800']) {
    const store = openStore({ snapshotPathPrefix: () => prefix as string });
    const path = 'snapshotPathPrefix()';
    await expectRefusal(() => store.getSnapshot({ snapshotId: 'a' }), 'INVALID_ARGUMENT', path);
    await expectRefusal(() => save(store, 'a', turn(1)), 'INVALID_ARGUMENT', path);
    await expectRefusal(() => store.onSnapshotStateChange('a', () => {}), 'INVALID_ARGUMENT', path);
    await expectRefusal(() => store.deleteDatabase(), 'INVALID_ARGUMENT', path);
  }
});

/** Every call that names a snapshot or a session, with an id of the test's. */
const CALLS_WITH_ID: Record<string, [path: string, call: (store: Store, id: never) => unknown]> = {
  'getSnapshot({ snapshotId })': ['snapshotId', (store, id) => store.getSnapshot({ snapshotId: id })],
  'getSnapshot({ sessionId })': ['sessionId', (store, id) => store.getSnapshot({ sessionId: id })],
  saveSnapshot: ['snapshotId', (store, id) => store.saveSnapshot(id, () => turn(9))],
  onSnapshotStateChange: ['snapshotId', (store, id) => store.onSnapshotStateChange(id, () => {})],
  getSession: ['sessionId', (store, id) => store.getSession(id)],
  updateSession: ['sessionId', (store, id) => store.updateSession(id, {})],
  listSnapshots: ['sessionId', (store, id) => store.listSnapshots({ sessionId: id })],
  getHistory: ['snapshotId', (store, id) => store.getHistory(id)],
  getTree: ['sessionId', (store, id) => store.getTree(id)],
  getLeaves: ['sessionId', (store, id) => store.getLeaves(id)],
  selectBranch: ['snapshotId', (store, id) => store.selectBranch(id)],
  getHead: ['sessionId', (store, id) => store.getHead(id)],
  deleteSnapshot: ['snapshotId', (store, id) => store.deleteSnapshot(id)],
  deleteSession: ['sessionId', (store, id) => store.deleteSession(id)],
  restoreSession: ['sessionId', (store, id) => store.restoreSession(id)],
  onSessionChange: ['sessionId', (store, id) => store.onSessionChange(id, () => {})],
};

describe('an id that is none: no database is made for a call that cannot work', () => {
  test.each(Object.entries(CALLS_WITH_ID))('%s', async (call, [path, make]) => {
    const name = freshName();
    const store = openStore({ name });
    // These two may go without.
    const maybeMissing = /^(save|get)Snapshot/.test(call) ? [] : [undefined];
    for (const id of [...NOT_TEXTS, ...maybeMissing]) {
      await expectRefusal(() => make(store, id as never), 'INVALID_ARGUMENT', path);
    }
    expect(await dumpDatabase(name)).toBeUndefined();
  });
});

describe('nothing where there must be options', () => {
  const nothing = undefined as never;
  test.each<[string, (store: Store) => unknown]>([
    ['getSnapshot', (store) => store.getSnapshot(nothing)],
    ['listSnapshots', (store) => store.listSnapshots(nothing)],
    ['updateSession', (store) => store.updateSession('s', nothing)],
  ])('%s', async (_, call) => {
    await expectRefusal(() => call(openStore()), 'INVALID_ARGUMENT');
  });
});

describe('something else where there must be a function', () => {
  const calls: [string, string, (store: Store, value: never) => unknown][] = [
    ['saveSnapshot', 'mutator', (store, value) => store.saveSnapshot('a', value)],
    ['onSnapshotStateChange', 'callback', (store, value) => store.onSnapshotStateChange('a', value)],
    ['onSessionChange', 'callback', (store, value) => store.onSessionChange('s', value)],
    ['onSessionsChange', 'callback', (store, value) => store.onSessionsChange(value)],
  ];
  test.each(calls)('%s', async (_, path, call) => {
    for (const value of [...NOT_FUNCTIONS, undefined]) {
      await expectRefusal(() => call(openStore(), value as never), 'INVALID_ARGUMENT', path);
    }
  });
});

describe('what a mutator returns', () => {
  const at = turn(1).createdAt;
  test.each<[string, object]>([
    ['snapshotId', { createdAt: at, snapshotId: '' }],
    ['snapshotId', { createdAt: at, snapshotId: 7 }],
    ['sessionId', { createdAt: at, sessionId: ' ' }],
    ['sessionId', { createdAt: at, sessionId: null }],
    ['parentId', { createdAt: at, parentId: '' }],
    ['parentId', { createdAt: at, parentId: ['a'] }],
    ['createdAt', {}],
    ['createdAt', { createdAt: 'yesterday' }],
    ['createdAt', { createdAt: 1_700_000_000_000 }],
    ['createdAt', { createdAt: new Date() }],
    ['updatedAt', { createdAt: at, updatedAt: 'later' }],
    ['heartbeatAt', { createdAt: at, heartbeatAt: 7 }],
    ['status', { createdAt: at, status: 'expired' }],
    ['status', { createdAt: at, status: 7 }],
    ['state', { createdAt: at, state: 'text' }],
    ['state', { createdAt: at, state: [] }],
    ['state', { createdAt: at, state: null }],
    ['state.sessionId', { createdAt: at, state: { sessionId: '' } }],
  ])('a bad %s: %j', async (path, snapshot) => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const before = await dumpDatabase(name);
    for (const id of ['a', 'b', undefined]) {
      const call = () => store.saveSnapshot(id, () => snapshot as never);
      await expectRefusal(call, 'INVALID_ARGUMENT', path);
    }
    expect(await dumpDatabase(name)).toEqual(before);
  });
});

describe('lists', () => {
  const values: Record<string, unknown[]> = {
    limit: [0, -1, 1001, 1.5, NaN, '10', null],
    order: ['up', '', 'DESC', 7, null],
    cursor: ['', 'garbage', '{}', '7', '"a"', 'null', '[null]', '[]', '[[]]', '[[[1]]]', '[{}]', 7, null, {}],
  };
  const options = Object.entries(values).flatMap(([option, bad]) => [
    { option, bad, order: 'asc' },
    { option, bad, order: 'desc' },
  ]);
  test.each(options)('$option, $order', async ({ option, bad, order }) => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const path = `options.${option}`;
    for (const value of bad) {
      const options = { order, [option]: value } as object;
      const ofSession = { sessionId: 's', ...options };
      await expectRefusal(() => store.listSessions(options), 'INVALID_ARGUMENT', path);
      await expectRefusal(() => store.listSnapshots(ofSession), 'INVALID_ARGUMENT', path);
    }
  });

  test('a cursor of the other list', async () => {
    const store = openStore();
    for (const id of ['a', 'b', 'c']) {
      await save(store, id, turn(1));
      await save(store, `${id}'`, turn(1, { sessionId: id }));
    }
    const { cursor: ofSessions } = await store.listSessions({ limit: 1 });
    const { cursor: ofSnapshots } = await store.listSnapshots({ sessionId: 's', limit: 1 });
    const path = 'options.cursor';
    await expectRefusal(() => store.listSessions({ cursor: ofSnapshots }), 'INVALID_ARGUMENT', path);
    await expectRefusal(
      () => store.listSnapshots({ sessionId: 's', cursor: ofSessions }),
      'INVALID_ARGUMENT',
      path,
    );
  });
});

describe('what a session is updated with', () => {
  test.each<[string, unknown]>([
    ['patch', null],
    ['patch', 'text'],
    ['patch', []],
    ['patch.title', { title: 7 }],
    ['patch.title', { title: null }],
    ['patch.metadata', { metadata: 'text' }],
    ['patch.metadata', { metadata: [1] }],
    ['patch.metadata', { metadata: null }],
    ['patch.sessionId', { sessionId: 'other' }],
    ['patch.snapshotCount', { title: 'fine', snapshotCount: 0 }],
  ])('a bad %s: %j', async (path, patch) => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const before = await dumpDatabase(name);
    await expectRefusal(() => store.updateSession('s', patch as never), 'INVALID_ARGUMENT', path);
    expect(await dumpDatabase(name)).toEqual(before);
  });
});

test('a subtree that is neither true nor false: nothing is deleted', async () => {
  const name = freshName();
  const store = openStore({ name });
  await save(store, 'a', turn(1));
  await save(store, 'b', turn(2, { parentId: 'a' }));
  const before = await dumpDatabase(name);
  for (const subtree of ['yes', 1, null]) {
    const call = () => store.deleteSnapshot('a', { subtree: subtree as never });
    await expectRefusal(call, 'INVALID_ARGUMENT', 'options.subtree');
  }
  expect(await dumpDatabase(name)).toEqual(before);
});

describe('what is valid, but not now', () => {
  test('ids that name nothing', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await expectRefusal(() => store.getHistory('unknown'), 'NOT_FOUND', 'snapshotId');
    await expectRefusal(() => store.selectBranch('unknown'), 'NOT_FOUND', 'snapshotId');
    await expectRefusal(() => store.updateSession('unknown', { title: 'T' }), 'NOT_FOUND', 'sessionId');
    expect(await store.deleteSnapshot('unknown')).toBe(0);
    expect(await store.deleteSession('unknown')).toBe(0);
    expect(await store.getSession('unknown')).toBeUndefined();
    expect(await store.getHead('unknown')).toBeUndefined();
    expect(await store.getLeaves('unknown')).toEqual([]);
    expect((await store.listSnapshots({ sessionId: 'unknown' })).snapshots).toEqual([]);
    const tree = await store.getTree('unknown');
    expect([tree.nodes.size, tree.roots, tree.leaves, tree.headId]).toEqual([0, [], [], undefined]);
  });

  test('a snapshot of no session cannot be selected', async () => {
    const store = openStore();
    await save(store, 'alone', turn(1, { sessionId: undefined }));
    await expectRefusal(() => store.selectBranch('alone'), 'FAILED_PRECONDITION');
  });

  test('a snapshot that others continue cannot be deleted alone', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    await save(store, 'b', turn(2, { parentId: 'a' }));
    const before = await dumpDatabase(name);
    await expectRefusal(() => store.deleteSnapshot('a'), 'FAILED_PRECONDITION');
    await expectRefusal(() => store.deleteSnapshot('a', { subtree: false }), 'FAILED_PRECONDITION');
    expect(await dumpDatabase(name)).toEqual(before);
  });
});

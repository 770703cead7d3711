import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SessionStoreError, type IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase, overwriteRow, withRaw } from '../database/raw-database.js';
import { spoilLogRow } from '../logs/chat.js';

type Store = IndexedDBSessionStore<any>;
type Row = Record<string, any>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const without = (row: Row, ...keys: string[]) =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)));

/** Damage that leaves a snapshot's row in its session, and the one that leaves nothing but its key. */
const PARTLY_LOST: [string, (row: Row) => Row][] = [
  ['its data lost', (row) => without(row, 'info')],
  ['its data replaced by a text', (row) => ({ ...row, info: 'garbage' })],
  ['its data lacking createdAt', (row) => ({ ...row, info: without(row['info'] as Row, 'createdAt') })],
  [
    'a parent that is no id',
    (row) => ({ ...row, info: { ...(row['info'] as Row), parentId: { not: 'an id' } } }),
  ],
  ['a version that is no number', (row) => ({ ...row, version: 'garbage' })],
];
const WHOLLY_LOST: [string, (row: Row) => Row] = [
  'nothing left but its id',
  ({ id }) => ({ id, junk: [1, 2] }),
];
/** Damage to the row that holds the messages of a snapshot; `undefined` deletes it. */
const LOST_ENTRIES: [string, (row: any) => unknown][] = [
  ['deleted', () => undefined],
  ['replaced by a text', () => 'garbage'],
  ['replaced by null', () => null],
  ['without its entries', (row) => without(row, 'entries')],
  ['with entries that are a text', (row) => ({ ...row, entries: 'garbage' })],
  ['with an entry less than there were', (row) => ({ ...row, entries: row.entries.slice(1) })],
  ['with no position', (row) => without(row, 'at')],
  ['with media that are none', (row) => ({ ...row, media: [7] })],
  ['with media that are where nothing is', (row) => ({ ...row, media: [[0, ['no', 'where'], 1, 0]] })],
];

/** Damage to what a snapshot says of its own state. */
const LOST_STATE: [string, (row: Row) => Row][] = [
  ['replaced by a text', (row) => ({ ...row, state: 'garbage' })],
  ['without its fields', (row) => ({ ...row, state: { media: [] } })],
  ['with fields that are none', (row) => ({ ...row, state: { fields: [7, null], media: [] } })],
  ['with spans that are none', (row) => ({ ...row, state: { fields: [['m', 'array', 7]], media: [] } })],
  [
    'with spans over what is not there',
    (row) => ({ ...row, state: { fields: [['m', 'array', [1, 2, 3]]], media: [] } }),
  ],
];

/** `root` ← `inner` ← `leaf`, `root` ← `side`, and a second session. `side` is the latest leaf. */
async function familyStore() {
  const name = freshName();
  const store = openStore({ name });
  await save(store, 'root', turn(1));
  await save(store, 'inner', turn(2, { parentId: 'root' }));
  await save(store, 'leaf', turn(3, { parentId: 'inner' }));
  await save(store, 'side', turn(4, { parentId: 'root' }));
  await save(store, 'two-1', turn(5, { sessionId: 'two' }));
  await save(store, 'two-2', turn(6, { sessionId: 'two', parentId: 'two-1' }));
  return { name, store };
}

async function idsListed(store: Store, sessionId = 's'): Promise<string[]> {
  const { snapshots } = await store.listSnapshots({ sessionId, order: 'asc' });
  return snapshots.map(({ snapshotId }) => snapshotId);
}

async function expectReadable(store: Store, ...ids: string[]): Promise<void> {
  for (const snapshotId of ids) {
    const snapshot = await store.getSnapshot({ snapshotId });
    expect(snapshot?.state?.messages, snapshotId).toHaveLength(1);
  }
}

describe.each([...PARTLY_LOST, WHOLLY_LOST])('a snapshot with %s', (what, spoil) => {
  test('reads as DATA_LOSS with its id; all others read as before', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    const error = await expectRefusal(() => store.getSnapshot({ snapshotId: 'leaf' }), 'DATA_LOSS', 'leaf');
    expect(error.message).toContain('"leaf"');
    await expectReadable(store, 'root', 'inner', 'side', 'two-1', 'two-2');
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('side');
    expect((await store.getSnapshot({ sessionId: 'two' }))?.snapshotId).toBe('two-2');
  });

  test('leaves its session listed, with its other snapshots', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    expect(await idsListed(store)).toEqual(['root', 'inner', 'side']);
    expect([...(await store.getTree('s')).nodes.keys()]).toEqual(['root', 'inner', 'side']);
    expect((await store.getLeaves('s')).map(({ snapshotId }) => snapshotId)).toEqual(['side', 'inner']);
    expect((await store.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['two', 's']);
    expect((await store.getHead('s'))?.snapshotId).toBe('side');
  });

  test('ends the history of what continues it, and of nothing else', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'inner', spoil);
    await expectRefusal(() => store.getHistory('leaf'), 'DATA_LOSS', 'inner');
    await expectRefusal(() => store.getHistory('inner'), 'DATA_LOSS', 'inner');
    const history = await store.getHistory('side');
    expect(history.map(({ snapshotId }) => snapshotId)).toEqual(['root', 'side']);
    await expectReadable(store, 'leaf');
  });

  test('cannot be rewritten or selected, and that changes nothing', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    const before = await dumpDatabase(name);
    const mutator = vi.fn(() => turn(9));
    await expectRefusal(() => store.saveSnapshot('leaf', mutator), 'DATA_LOSS', 'leaf');
    expect(mutator).not.toHaveBeenCalled();
    await expectRefusal(() => store.selectBranch('leaf'), 'DATA_LOSS', 'leaf');
    expect(await dumpDatabase(name)).toEqual(before);
  });

  test('can be continued', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    await save(store, 'next', turn(9, { parentId: 'leaf' }));
    await expectReadable(store, 'next');
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('next');
  });

  test('can be deleted for good', async () => {
    const { name, store } = await familyStore();
    // It remembers the tree.
    await store.getTree('s');
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    expect(await store.deleteSnapshot('leaf')).toBe(1);
    expect(await store.getSnapshot({ snapshotId: 'leaf' })).toBeUndefined();
    expect(JSON.stringify(await dumpDatabase(name))).not.toContain('"leaf"');
    expect([...(await store.getTree('s')).nodes.keys()]).not.toContain('leaf');
    await expectReadable(store, 'root', 'inner', 'side', 'two-1', 'two-2');
  });

  test('gives way to its parent as the leaf when it is deleted', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'two-2', spoil);
    await store.deleteSnapshot('two-2');
    expect((await store.getSnapshot({ sessionId: 'two' }))?.snapshotId).toBe('two-1');
    // Of which session a row was that has lost even that, nobody can tell; what is latest is found all the same.
    if (what === WHOLLY_LOST[0]) return;
    expect((await store.getLeaves('two')).map(({ snapshotId }) => snapshotId)).toEqual(['two-1']);
    expect((await store.getTree('two')).leaves).toEqual(['two-1']);
  });

  test('is reported to those who watch it, and to nobody else', async () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    const delivered: string[] = [];
    for (const id of ['leaf', 'side']) {
      store.onSnapshotStateChange(id, ({ snapshotId }) => delivered.push(snapshotId));
    }
    await eventually(() => reported.length > 0 && delivered.length > 0, 'both watchers to be answered');
    vi.unstubAllGlobals();
    expect(delivered).toEqual(['side']);
    expect(reported).toHaveLength(1);
    expect(reported[0]).toBeInstanceOf(SessionStoreError);
    expect(reported[0]).toMatchObject({ status: 'DATA_LOSS', path: 'leaf' });
  });
});

describe.each(PARTLY_LOST)('a snapshot with %s', (_, spoil) => {
  test('is named by the tree and the list of its session', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    expect((await store.getTree('s')).damaged).toEqual(['leaf']);
    expect((await store.listSnapshots({ sessionId: 's' })).damaged).toEqual(['leaf']);
    expect((await store.getTree('two')).damaged).toEqual([]);
    expect((await store.listSnapshots({ sessionId: 'two' })).damaged).toEqual([]);
  });

  test('as the latest leaf is an error with its id, not an older answer', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'side', spoil);
    await expectRefusal(() => store.getSnapshot({ sessionId: 's' }), 'DATA_LOSS', 'side');
    await expectRefusal(() => store.getHead('s'), 'DATA_LOSS', 'side');
    await store.deleteSnapshot('side');
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('leaf');
    expect((await store.getHead('s'))?.snapshotId).toBe('leaf');
  });

  test('is counted until it is deleted, and goes with its session', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'leaf', spoil);
    await store.deleteSnapshot('leaf');
    expect((await store.getSession('s'))?.snapshotCount).toBe(3);

    await overwriteRow(name, 'snapshots', 'inner', spoil);
    expect(await store.deleteSession('s')).toBe(3);
    expect(await store.getSession('s')).toBeUndefined();
    expect(JSON.stringify(await dumpDatabase(name))).not.toMatch(/"(root|inner|leaf|side)"/);
    await expectReadable(store, 'two-1', 'two-2');
  });

  test('goes with the subtree above it', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'snapshots', 'inner', spoil);
    await expectRefusal(() => store.deleteSnapshot('inner'), 'FAILED_PRECONDITION');
    expect(await store.deleteSnapshot('inner', { subtree: true })).toBe(2);
    expect(await idsListed(store)).toEqual(['root', 'side']);
    expect((await store.getTree('s')).damaged).toEqual([]);
  });
});

async function expectStateLost(name: string, snapshotId: string): Promise<void> {
  // What a store remembers, it can still read.
  const store = openStore({ name });
  await expectRefusal(() => store.getSnapshot({ snapshotId }), 'DATA_LOSS', snapshotId);
  await expectRefusal(() => store.getSnapshot({ sessionId: 's' }), 'DATA_LOSS', snapshotId);
  await expectRefusal(() => save(store, snapshotId, turn(9)), 'DATA_LOSS', snapshotId);
  await expectReadable(store, 'root', 'inner', 'leaf', 'two-1', 'two-2');
}

describe.each(LOST_STATE)('a snapshot with its state %s', (_, spoil) => {
  test('reads as DATA_LOSS with its id, and can be deleted', async () => {
    const { name } = await familyStore();
    await overwriteRow(name, 'snapshots', 'side', spoil);
    await expectStateLost(name, 'side');
    const store = openStore({ name });
    await save(store, 'next', turn(10, { parentId: 'side' }));
    await expectReadable(store, 'next');
    expect(await store.deleteSnapshot('next')).toBe(1);
    expect(await store.deleteSnapshot('side')).toBe(1);
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('leaf');
  });
});

describe.each(LOST_ENTRIES)('a row of a log %s', (_, spoil) => {
  const text = 'lorem ipsum '.repeat(60);
  const large = { state: { messages: [message(text)] } };

  async function damaged() {
    const { name, store } = await familyStore();
    await save(store, 'logged', turn(9, large));
    const key = await spoilLogRow(name, spoil);
    return { name, key };
  }

  test('makes what needs it read as DATA_LOSS, which is listed and can be deleted', async () => {
    const { name } = await damaged();
    await expectStateLost(name, 'logged');
    const store = openStore({ name });
    expect(await idsListed(store)).toEqual(['root', 'inner', 'leaf', 'side', 'logged']);
    expect(await store.deleteSnapshot('logged')).toBe(1);
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('side');
    expect((await store.check()).problems).toEqual([]);
  });

  test('is not needed by what continues it with messages of its own', async () => {
    const { name } = await damaged();
    const store = openStore({ name });
    const messages = [message(text), message(`${text} again`)];
    await save(store, 'next', turn(10, { parentId: 'logged', state: { messages } }));
    expect((await openStore({ name }).getSnapshot({ snapshotId: 'next' }))?.state).toEqual({ messages });
  });

  test('does not keep what shares it from being deleted', async () => {
    const { name, store } = await familyStore();
    const shared = [message(text), message(`${text} 2`), message(`${text} 3`)];
    await save(store, 'whole', turn(9, { state: { messages: shared } }));
    await save(store, 'part', turn(10, { parentId: 'whole', state: { messages: shared.slice(0, 2) } }));
    await spoilLogRow(name, spoil);
    const other = openStore({ name });
    expect(await other.deleteSnapshot('part')).toBe(1);
    await save(other, 'part', turn(11, { parentId: 'whole' }));
    expect(await other.deleteSnapshot('whole', { subtree: true })).toBe(2);
    expect((await other.check()).problems).toEqual([]);
  });

  test('is left as it is when logs are sealed', async () => {
    const { name } = await damaged();
    const before = await dumpDatabase(name);
    await openStore({ name }).compact();
    expect(await dumpDatabase(name)).toEqual(before);
  });
});

test('a snapshot whose entries are gone reads as DATA_LOSS, one that never had any state does not', async () => {
  const { name, store } = await familyStore();
  await save(store, 'logged', turn(8, { state: { messages: [message('lorem ipsum '.repeat(60))] } }));
  await save(store, 'stateless', { sessionId: 's', createdAt: turn(9).createdAt });
  await withRaw(name, (transaction) => transaction.objectStore('logs').clear());
  const other = openStore({ name });
  await expectRefusal(() => other.getSnapshot({ snapshotId: 'logged' }), 'DATA_LOSS', 'logged');
  expect(await other.getSnapshot({ snapshotId: 'stateless' })).toEqual({
    snapshotId: 'stateless',
    sessionId: 's',
    createdAt: turn(9).createdAt,
  });
});

describe.each<[string, (row: Row) => Row]>([
  ['its counts lost', (row) => without(row, 'snapshots')],
  ['a title that is no text', (row) => ({ ...row, title: 7 })],
  ['metadata that is a text', (row) => ({ ...row, metadata: 'garbage' })],
  ['a time that is no number', (row) => ({ ...row, createdMs: 'garbage' })],
  ['an activity that is no number', (row) => ({ ...row, updatedMs: 'garbage' })],
  ['an activity that is not even a key', (row) => ({ ...row, updatedMs: { not: 'a key' } })],
  ['nothing left but its id', ({ id }) => ({ id, junk: true })],
])('a session row with %s', (what, spoil) => {
  test('reads as DATA_LOSS with its id, and is named by the list of sessions', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'sessions', 's', spoil);
    const error = await expectRefusal(() => store.getSession('s'), 'DATA_LOSS', 's');
    expect(error.message).toContain('"s"');
    await expectRefusal(() => store.updateSession('s', { title: 'T' }), 'DATA_LOSS', 's');
    expect((await store.getSession('two'))?.snapshotCount).toBe(2);

    const page = await store.listSessions();
    expect(page.sessions.map(({ sessionId }) => sessionId)).toEqual(['two']);
    // A row without the index's key is in no list; it takes a walk through all rows to find it.
    expect(page.damaged).toEqual(/not even a key|nothing left/.test(what) ? [] : ['s']);
  });

  test('loses none of its snapshots', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'sessions', 's', spoil);
    await expectReadable(store, 'root', 'inner', 'leaf', 'side', 'two-1', 'two-2');
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('side');
    expect((await store.getTree('s')).nodes.size).toBe(4);
    expect(await idsListed(store)).toEqual(['root', 'inner', 'leaf', 'side']);
    expect(await store.getHistory('leaf')).toHaveLength(3);
  });

  test('can be deleted with its session, whose id is as good as new', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'sessions', 's', spoil);
    expect(await store.deleteSession('s')).toBe(4);
    expect(await store.getSession('s')).toBeUndefined();
    expect((await store.listSessions()).damaged).toEqual([]);
    expect((await store.getTree('s')).nodes.size).toBe(0);

    await save(store, 'new', turn(9));
    expect((await store.getSession('s'))?.snapshotCount).toBe(1);
    expect((await store.getSession('two'))?.snapshotCount).toBe(2);
  });

  test('is not announced as deleted while it has snapshots', async () => {
    const { name, store } = await familyStore();
    await overwriteRow(name, 'sessions', 's', spoil);
    const types: string[] = [];
    store.onSessionChange('s', ({ type }) => types.push(type));
    expect(await store.deleteSnapshot('leaf')).toBe(1);
    expect(types).not.toContain('deleted');
    expect(await store.deleteSession('s')).toBe(3);
    expect(types.filter((type) => type === 'deleted')).toHaveLength(1);
  });
});

test('clear gets rid of all damage', async () => {
  const { name, store } = await familyStore();
  await overwriteRow(name, 'snapshots', 'leaf', WHOLLY_LOST[1]);
  await overwriteRow(name, 'snapshots', 'inner', PARTLY_LOST[0]![1]);
  await overwriteRow(name, 'sessions', 's', ({ id }) => ({ id }));
  await store.clear();
  expect(await store.getSnapshot({ snapshotId: 'leaf' })).toBeUndefined();
  expect(await store.listSessions()).toEqual({ sessions: [], damaged: [] });
  await save(store, 'leaf', turn(9));
  expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('leaf');
});

import { describe, expect, test } from 'vitest';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import type { IndexedDBSessionStore, SessionChange } from '../../src/index.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { dumpDatabase, overwriteRow } from '../database/raw-database.js';
import { renewIndexedDB } from '../environment.js';
import { freshName, openStore } from '../stores/open-store.js';

renewIndexedDB();

const HOUR = 3_600_000;
const long = 'x'.repeat(600);
const state = (...texts: string[]) => ({ state: { messages: texts.map((text) => message(text)) } });

async function fill(store: IndexedDBSessionStore<any>): Promise<void> {
  await save(store, 'a', turn(1, state(long, 'needle')));
  await save(store, 'b', turn(2, { parentId: 'a', ...state(long, 'needle', 'b') }));
  await save(store, 'c', turn(3, { parentId: 'a', ...state(long, 'needle', 'c') }));
  await store.selectBranch('b');
  await store.updateSession('s', { title: 'T', metadata: { pinned: true } });
  await save(store, 'other', turn(4, { sessionId: 'other', ...state('needle') }));
}

/** All that an application can see of the session. */
async function seen(store: IndexedDBSessionStore<any>): Promise<unknown> {
  return {
    sessions: (await store.listSessions()).sessions,
    session: await store.getSession('s'),
    latest: await store.getSnapshot({ sessionId: 's' }),
    snapshots: await Promise.all(['a', 'b', 'c'].map((snapshotId) => store.getSnapshot({ snapshotId }))),
    list: await store.listSnapshots({ sessionId: 's' }),
    tree: await store.getTree('s'),
    leaves: await store.getLeaves('s'),
    head: await store.getHead('s'),
    hits: (await store.searchText('needle')).hits,
    file: (await new Response(store.exportSessions()).text()).replaceAll(
      /"exportedAt":"[^"]*"|"sha256":"[^"]*"/g,
      '',
    ),
    storage: (await store.storage()).sessions,
    problems: (await store.check()).problems,
  };
}

const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, [
  'encrypt',
  'decrypt',
]);

describe.each([
  ['plain', {}],
  ['encrypted', { encryption: { key } }],
])('%s', (_, options) => {
  test('a hidden session is not there, and comes back as it was', async () => {
    const store = openStore({ ...options, compaction: false });
    await fill(store);
    const before = await seen(store);
    expect(await store.deleteSession('s', { undoable: HOUR })).toBe(3);

    const other = openStore({ ...options, compaction: false });
    await save(other, 'other', turn(4, { sessionId: 'other', ...state('needle') }));
    expect(await seen(store)).toEqual(await seen(other));

    expect(await store.restoreSession('s')).toBe(true);
    expect(await seen(store)).toEqual(before);
    expect(await store.restoreSession('s')).toBe(false);
    await save(store, 'd', turn(5, { parentId: 'b', ...state(long, 'needle', 'b', 'd') }));
    expect((await store.getHead('s'))?.snapshotId).toBe('d');
    expect((await store.check()).problems).toEqual([]);
  });

  test('nothing is saved into it, and nothing changes it', async () => {
    const name = freshName();
    const store = openStore({ ...options, name });
    const second = openStore({ ...options, name });
    await fill(store);
    await second.getTree('s');
    await store.deleteSession('s', { undoable: HOUR });
    const before = await dumpDatabase(name);
    for (const each of [store, second]) {
      await expectRefusal(() => save(each, 'a', turn(1)), 'NOT_FOUND');
      await expectRefusal(() => save(each, 'new', turn(9, { parentId: 'b' })), 'NOT_FOUND');
      await expectRefusal(() => save(each, 'a', { createdAt: turn(1).createdAt }), 'NOT_FOUND');
      await expectRefusal(() => each.saveSnapshot(undefined, () => turn(9)), 'NOT_FOUND');
      await expectRefusal(() => each.updateSession('s', { title: 'U' }), 'NOT_FOUND');
      await expectRefusal(() => each.selectBranch('b'), 'NOT_FOUND');
      await expectRefusal(() => each.getHistory('b'), 'NOT_FOUND');
      expect(await each.deleteSnapshot('c')).toBe(0);
      expect(await each.deleteSession('s')).toBe(0);
    }
    expect(await dumpDatabase(name)).toEqual(before);
    await second.close();
  });

  test('it is deleted for good when it is due, and nothing of it is left', async () => {
    const name = freshName();
    const store = openStore({ ...options, name, compaction: false });
    await save(store, 'other', turn(4, { sessionId: 'other', ...state('needle') }));
    await store.check();
    const rowsIn = async () => {
      const { snapshots, sessions, logs } = (await dumpDatabase(name)) as Record<string, object>;
      return [snapshots, sessions, logs].map((rows) => Object.keys(rows!).length);
    };
    const before = await rowsIn();
    await fill(store);
    await store.deleteSession('s', { undoable: HOUR });
    expect(await store.deleteSession('s', { undoable: 0 })).toBe(0);
    await expect.poll(() => rowsIn()).toEqual(before);
    expect(await store.restoreSession('s')).toBe(false);
    expect((await store.check()).problems).toEqual([]);
    await save(store, 'a', turn(1));
    expect((await store.getSession('s'))?.snapshotCount).toBe(1);
  });

  test('a store that opens the database later deletes it for good', async () => {
    const name = freshName();
    const store = openStore({ ...options, name });
    await fill(store);
    await store.deleteSession('s', { undoable: 50 });
    await store.close();
    await new Promise((resolve) => setTimeout(resolve, 400));
    // Nobody opens it for that alone.
    expect(JSON.stringify(await dumpDatabase(name))).toContain('hidden');
    const later = openStore({ ...options, name });
    await later.listSessions();
    await expect.poll(async () => JSON.stringify(await dumpDatabase(name))).not.toContain('"b"');
    await later.close();
  });
});

test('watchers of every tab are told that it is deleted, once, and that it is back', async () => {
  const name = freshName();
  const [store, second] = [openStore({ name }), openStore({ name })];
  await fill(store);
  const told: string[][] = [[], [], []];
  const note = (to: string[]) => (change: SessionChange | { type: 'reset' }) => void to.push(change.type);
  store.onSessionChange('s', note(told[0]!));
  second.onSessionChange('s', note(told[1]!));
  second.onSessionsChange(note(told[2]!));
  await second.getSession('s');
  await store.deleteSession('s', { undoable: HOUR });
  await expect.poll(() => told).toEqual([['deleted'], ['deleted'], ['deleted']]);
  await store.restoreSession('s');
  await expect.poll(() => told[1]).toEqual(['deleted', 'changed']);
  expect(told[0]).toEqual(told[1]);
});

test('an import brings it back as it is in the file', async () => {
  const store = openStore();
  await fill(store);
  const file = await new Response(store.exportSessions()).blob();
  await save(store, 'd', turn(5, { parentId: 'b', ...state(long, 'later') }));
  await store.deleteSession('s', { undoable: HOUR });
  const { sessions } = await store.importSessions(file);
  expect(sessions.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['imported', 'skipped']));
  expect((await store.getSession('s'))?.snapshotCount).toBe(3);
  expect(await store.restoreSession('s')).toBe(false);
  expect((await store.check()).problems).toEqual([]);
});

test.each(['clear()', 'an import'])(
  'after %s a session of the same id is in exports and in storage()',
  async (how) => {
    const store = openStore();
    await fill(store);
    const file = await new Response(store.exportSessions()).blob();
    const told = async () => [
      (await new Response(store.exportSessions()).text()).replaceAll(/"(?:exportedAt|sha256)":"[^"]*"/g, ''),
      (await store.storage()).sessions.map(({ sessionId }) => sessionId),
    ];
    const before = await told();
    await store.deleteSession('s', { undoable: HOUR });
    if (how === 'clear()') await store.clear();
    await store.importSessions(file);
    expect(await told()).toEqual(before);
  },
);

type Damage = [what: string, store: 'sessions' | 'snapshots', spoil: (row: any) => object];

test.each<Damage>([
  ['a session that says nothing', 'sessions', ({ id }) => ({ id, hidden: {} })],
  [
    'a session with a time that is none',
    'sessions',
    (row) => ({ ...row, hidden: { ...row.hidden, createdMs: '' } }),
  ],
  ['a session that names no snapshots', 'sessions', ({ snapshots: _, ...row }) => row],
  ['a session that names what is no id', 'sessions', (row) => ({ ...row, snapshots: [null, 7] })],
  ['a session that is not hidden any more', 'sessions', ({ id }) => ({ id })],
  ['a snapshot that says nothing', 'snapshots', ({ id }) => ({ id, hidden: 1 })],
  [
    'a snapshot with a state that is none',
    'snapshots',
    (row) => ({ ...row, hidden: { ...row.hidden, state: 1 } }),
  ],
  ['a snapshot that is not hidden any more', 'snapshots', ({ hidden }) => hidden],
])('of what is damaged while it is hidden, as %s, nothing else suffers', async (_, kind, spoil) => {
  const id = kind === 'sessions' ? 's' : 'b';
  const damaged = async () => {
    const name = freshName();
    const store = openStore({ name, compaction: false });
    await fill(store);
    for (const each of ['s', 'other']) await store.deleteSession(each, { undoable: HOUR });
    await store.close();
    await overwriteRow(name, kind, id, spoil);
    return openStore({ name, compaction: false });
  };

  const restoring = await damaged();
  const restored = await restoring.restoreSession('s').catch((error: { status: string }) => error.status);
  expect([true, false, 'DATA_LOSS']).toContain(restored);
  expect(await restoring.restoreSession('other')).toBe(true);
  if (restored === true) expect((await restoring.getSession('s'))?.title).toBe('T');

  const repairing = await damaged();
  await repairing.check({ repair: true });
  expect((await repairing.check()).problems).toEqual([]);
  expect(await repairing.restoreSession('other')).toBe(true);
  await repairing.restoreSession('s');
  await repairing.deleteSession('s');
  await save(repairing, id, turn(1, { sessionId: 'anew' }));

  const purging = await damaged();
  for (const each of ['s', 'other']) await purging.deleteSession(each, { undoable: 0 }).catch(() => {});
  await expect.poll(() => purging.restoreSession('other')).toBe(false);
});

test('what there is not is not hidden', async () => {
  const store = openStore();
  expect(await store.deleteSession('s', { undoable: HOUR })).toBe(0);
  expect(await store.restoreSession('s')).toBe(false);
  for (const bad of [-1, NaN, '1', null])
    await expectRefusal(
      () => store.deleteSession('s', { undoable: bad as never }),
      'INVALID_ARGUMENT',
      'options.undoable',
    );
  await expectRefusal(() => store.restoreSession(' '), 'INVALID_ARGUMENT', 'sessionId');
});

test('a repair leaves it as it is, and clear() takes it too', async () => {
  const store = openStore();
  await fill(store);
  await store.deleteSession('s', { undoable: HOUR });
  await store.check({ repair: true });
  await store.compact();
  await store.restoreSession('s');
  expect((await store.getTree('s')).nodes.size).toBe(3);
  await store.deleteSession('s', { undoable: HOUR });
  await store.clear();
  expect(await store.restoreSession('s')).toBe(false);
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { overwriteRow, withRaw } from '../database/raw-database.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const NUMBERS = [NaN, Infinity, -Infinity, -1, 1.5, 2 ** 60, '7', null, {}];
const COUNTERS = ['snapshots', 'leaves', 'version', 'saved', 'createdMs', 'updatedMs', 'unsealed'];
const WHATEVER = ['NOT_FOUND', 'DATA_LOSS', 'FAILED_PRECONDITION'];

/** What a call answers, or the status that it fails with, which is one that says what is wrong. */
async function answer<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: { status: string }) => {
    expect(WHATEVER).toContain(error.status);
    return undefined;
  });
}

async function twoSessions(name = freshName()) {
  const store = openStore({ name, compaction: false });
  await save(store, 'a', turn(1));
  await save(store, 'b', turn(2, { parentId: 'a' }));
  await save(store, 'theirs', turn(3, { sessionId: 'other' }));
  await store.close();
  return name;
}

describe.each(COUNTERS)('a session row whose %s is', (column) => {
  test.each(NUMBERS)('%s shows no other session, and is put in order', async (value) => {
    const name = await twoSessions();
    await overwriteRow(name, 'sessions', 's', (row) => ({
      ...row,
      [column]: value,
      selected: 'theirs',
      latest: { id: 'theirs', createdMs: value, version: value },
    }));
    const store = openStore({ name, compaction: false });
    const own = [undefined, 'a', 'b'];
    expect(own).toContain((await answer(store.getSnapshot({ sessionId: 's' })))?.snapshotId);
    expect(own).toContain((await answer(store.getHead('s')))?.snapshotId);
    await answer(store.getTree('s'));
    await answer(store.listSessions());
    await answer(store.storage());
    await answer(store.retain({ maxSnapshotsPerSession: 5 }));
    expect((await store.getSnapshot({ snapshotId: 'theirs' }))?.sessionId).toBe('other');

    await store.check({ repair: true });
    expect((await store.check()).problems).toEqual([]);
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('b');
    expect((await store.getHead('s'))?.snapshotId).toBe('b');
    expect([...(await store.getTree('s')).nodes.keys()].sort()).toEqual(['a', 'b']);
    const { sessions } = await store.listSessions();
    expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual(['other', 's']);
    expect((await store.getSnapshot({ snapshotId: 'theirs' }))?.sessionId).toBe('other');
  });
});

test('a whole row that names a snapshot of another session as its latest and its selected shows neither', async () => {
  const name = await twoSessions();
  await overwriteRow(name, 'sessions', 's', (row) => ({
    ...row,
    selected: 'theirs',
    latest: { ...row.latest, id: 'theirs' },
  }));
  const store = openStore({ name });
  expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('b');
  expect((await store.getHead('s'))?.snapshotId).toBe('b');
  const listed = (await store.listSessions()).sessions.find(({ sessionId }) => sessionId === 's');
  await store.check({ repair: true });
  expect((await store.getHead('s'))?.snapshotId).toBe('b');
  const after = (await store.listSessions()).sessions.find(({ sessionId }) => sessionId === 's');
  expect(after?.selectedSnapshotId).not.toBe('theirs');
  expect(listed?.sessionId).toBe('s');
});

const CLOCKS = [Infinity, NaN, -1, 1.5, '7', {}, [], null, 2 ** 60, 2 ** 53 - 1, 2 ** 53 - 2];

describe.each([false, true])('where it is repaired first: %s', (repairs) => {
  test.each(CLOCKS)('with a clock of %o saves go on in order, and are heard', async (clock) => {
    const name = await twoSessions();
    await withRaw(name, (transaction) => transaction.objectStore('meta').put(clock, 'clock'));
    const [store, other] = [openStore({ name }), openStore({ name })];
    if (repairs) await store.check({ repair: true });
    const heard: string[] = [];
    other.onSnapshotStateChange('n', ({ createdAt }) => heard.push(createdAt));
    let changed = 0;
    other.onSessionChange('s', () => changed++);
    await other.listSessions();
    for (let n = 10; n < 14; n++) await save(store, 'n', turn(n, { parentId: 'b' }));
    await eventually(() => heard.at(-1) === turn(13).createdAt && changed > 0, 'the last save to be heard');
    expect(heard).toEqual([...heard].sort());
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('n');
    await store.close();
    const again = openStore({ name });
    expect((await again.getSnapshot({ snapshotId: 'n' }))?.createdAt).toBe(turn(13).createdAt);
    expect((await again.check()).problems).toEqual([]);
  });
});

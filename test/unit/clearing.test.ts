import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const exists = async (name: string) => (await dumpDatabase(name)) !== undefined;

describe.each(['clear', 'deleteDatabase'] as const)('%s', (remove) => {
  test('leaves nothing of the application’s data', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'secret-1', turn(1, { state: { custom: 'secret' } }));
    await save(store, 'secret-2', turn(2, { sessionId: undefined }));
    await store.updateSession('s', { title: 'secret', metadata: { secret: true } });
    await store.selectBranch('secret-1');
    await store[remove]();
    expect(JSON.stringify((await dumpDatabase(name)) ?? null)).not.toContain('secret');

    expect(await store.getSnapshot({ snapshotId: 'secret-1' })).toBeUndefined();
    expect(await store.getSnapshot({ snapshotId: 'secret-2' })).toBeUndefined();
    expect(await store.listSessions()).toEqual({ sessions: [], damaged: [] });
    expect((await store.getTree('s')).nodes.size).toBe(0);
  });

  test('the store goes on, and so does another over the same data', async () => {
    const name = freshName();
    const [store, other] = [openStore({ name }), openStore({ name })];
    await save(store, 'a', turn(1));
    await save(other, 'b', turn(2, { parentId: 'a' }));
    await store[remove]();
    expect(await other.getSession('s')).toBeUndefined();
    await save(other, 'c', turn(3, { parentId: 'b' }));
    expect((await store.getSession('s'))?.snapshotCount).toBe(1);
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('c');
  });

  test('of an empty store, and again', async () => {
    const store = openStore();
    await store[remove]();
    await store[remove]();
    await save(store, 'a', turn(1));
    await Promise.all([store[remove](), store[remove]()]);
    expect((await store.listSessions()).sessions).toEqual([]);
  });

  test('while another store saves: what is left is whole', async () => {
    const name = freshName();
    const [store, other] = [openStore({ name }), openStore({ name })];
    await save(store, 'root', turn(0));
    const saves = Array.from({ length: 40 }, (_, n) =>
      save(other, `${n}`, turn(n, { parentId: `${n - 1}` })),
    );
    await saves[5];
    await Promise.all([store[remove](), ...saves]);
    const left = (await store.listSnapshots({ sessionId: 's', limit: 1000 })).snapshots;
    expect((await store.getSession('s'))?.snapshotCount ?? 0).toBe(left.length);
    expect(left.map(({ snapshotId }) => snapshotId)).not.toContain('root');
    for (const { snapshotId } of left) {
      expect((await store.getSnapshot({ snapshotId }))?.state?.messages).toHaveLength(1);
    }
  });
});

test('clear keeps the database, deleteDatabase does not', async () => {
  const name = freshName();
  const store = openStore({ name });
  await save(store, 'a', turn(1));
  await store.clear();
  expect(await exists(name)).toBe(true);
  await store.deleteDatabase();
  expect(await exists(name)).toBe(false);
  await store.getSession('s');
  expect(await exists(name)).toBe(true);
});

test('a clock that was set back since is no reason not to be told of what comes after deleteDatabase', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const name = freshName();
  const [store, other] = [openStore({ name }), openStore({ name })];
  await save(store, 'a', turn(1));
  vi.setSystemTime(Date.now() + 3_600_000);
  const [here, there] = [store, other].map((watched) => {
    const told: string[] = [];
    watched.onSessionChange('s', ({ type }) => told.push(type));
    watched.onSnapshotStateChange('a', ({ createdAt }) => told.push(createdAt));
    return told;
  });
  await store.deleteDatabase();
  vi.setSystemTime(Date.now() - 2_000);
  await save(store, 'a', turn(2));
  expect(here!.slice(-2)).toEqual([turn(2).createdAt, 'changed']);
  await eventually(
    () => there!.includes('changed') && there!.includes(turn(2).createdAt),
    'the other tab to be told',
  );
});

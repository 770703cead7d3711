import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

async function history(store: IndexedDBSessionStore<any>, id: string): Promise<string[]> {
  return (await store.getHistory(id)).map(({ snapshotId }) => snapshotId);
}

test('the path from the root to the snapshot, and no other branch', async () => {
  const store = openStore();
  await save(store, 'a', turn(1));
  await save(store, 'b', turn(2, { parentId: 'a' }));
  await save(store, 'side', turn(3, { parentId: 'a' }));
  await save(store, 'c', turn(4, { parentId: 'b' }));
  expect(await history(store, 'c')).toEqual(['a', 'b', 'c']);
  expect(await history(store, 'side')).toEqual(['a', 'side']);
  expect(await history(store, 'a')).toEqual(['a']);
});

test('follows parents, not times', async () => {
  const store = openStore();
  await save(store, 'c', turn(1, { parentId: 'b' }));
  await save(store, 'b', turn(9, { parentId: 'a' }));
  await save(store, 'a', turn(5));
  expect(await history(store, 'c')).toEqual(['a', 'b', 'c']);
});

test('has everything of a snapshot but its state', async () => {
  const store = openStore();
  const { state: _, ...fields } = turn(1, {
    status: 'failed',
    error: { message: 'no', details: { code: 7 } },
    extra: { kept: true },
  });
  await save(store, 'a', turn(1, fields));
  expect(await store.getHistory('a')).toEqual([
    { ...fields, snapshotId: 'a', summary: { messages: 1, preview: 'turn 1' } },
  ]);
});

describe('begins', () => {
  test('at a snapshot whose parent was never saved', async () => {
    const store = openStore();
    await save(store, 'b', turn(2, { parentId: 'missing' }));
    await save(store, 'c', turn(3, { parentId: 'b' }));
    expect(await history(store, 'c')).toEqual(['b', 'c']);
    await save(store, 'missing', turn(1));
    expect(await history(store, 'c')).toEqual(['missing', 'b', 'c']);
  });

  test('at the oldest one that pruning left', async () => {
    const store = openStore({ maxPersistedChainLength: 2 });
    for (let n = 0; n < 5; n++) await save(store, `${n}`, turn(n, n > 0 ? { parentId: `${n - 1}` } : {}));
    expect(await history(store, '4')).toEqual(['3', '4']);
  });

  test('after a parent in another session was deleted', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { sessionId: 'two' }));
    await save(store, 'b', turn(2, { parentId: 'a' }));
    await store.deleteSession('two');
    expect(await history(store, 'b')).toEqual(['b']);
  });
});

describe('crosses', () => {
  test('from a session into the one it was forked from, and on', async () => {
    const store = openStore();
    await save(store, 'one-1', turn(1, { sessionId: 'one' }));
    await save(store, 'one-2', turn(2, { sessionId: 'one', parentId: 'one-1' }));
    await save(store, 'two-1', turn(3, { sessionId: 'two', parentId: 'one-2' }));
    await save(store, 'one-3', turn(4, { sessionId: 'one', parentId: 'two-1' }));
    await save(store, 'two-2', turn(5, { sessionId: 'two', parentId: 'one-3' }));
    expect(await history(store, 'two-2')).toEqual(['one-1', 'one-2', 'two-1', 'one-3', 'two-2']);
  });

  test('snapshots of no session', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { sessionId: undefined }));
    await save(store, 'b', turn(2, { sessionId: undefined, parentId: 'a' }));
    await save(store, 'c', turn(3, { parentId: 'b' }));
    await save(store, 'd', turn(4, { sessionId: undefined, parentId: 'c' }));
    expect(await history(store, 'd')).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('is refused where it is cyclic', () => {
  test('for every snapshot of the cycle, and for those that lead into it', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { parentId: 'c' }));
    await save(store, 'b', turn(2, { parentId: 'a' }));
    await save(store, 'c', turn(3, { parentId: 'b' }));
    await save(store, 'tail', turn(4, { parentId: 'b' }));
    await save(store, 'apart', turn(5));
    for (const id of ['a', 'b', 'c', 'tail']) {
      const error = await expectRefusal(() => store.getHistory(id), 'FAILED_PRECONDITION');
      expect(error.message).toContain('cyclic');
    }
    expect(await history(store, 'apart')).toEqual(['apart']);
  });

  test('also through two sessions, and through none', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { sessionId: 'one', parentId: 'c' }));
    await save(store, 'b', turn(2, { sessionId: 'two', parentId: 'a' }));
    await save(store, 'c', turn(3, { sessionId: undefined, parentId: 'b' }));
    for (const id of ['a', 'b', 'c']) await expectRefusal(() => store.getHistory(id), 'FAILED_PRECONDITION');
  });
});

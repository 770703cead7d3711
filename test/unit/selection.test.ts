import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** `a` ← `b` ← `c`, `a` ← `d`. `d` is the latest leaf. */
async function branchedStore(options: IndexedDBSessionStoreOptions = {}) {
  const store = openStore(options);
  await save(store, 'a', turn(1));
  await save(store, 'b', turn(2, { parentId: 'a' }));
  await save(store, 'c', turn(3, { parentId: 'b' }));
  await save(store, 'd', turn(4, { parentId: 'a' }));
  return store;
}

/** Where the session reopens, which three calls must agree about, and what was chosen. */
async function head(store: IndexedDBSessionStore<any>, sessionId = 's') {
  const id = (await store.getHead(sessionId))?.snapshotId;
  expect((await store.getTree(sessionId)).headId).toBe(id);
  const selected = (await store.getSession(sessionId))?.selectedSnapshotId;
  if (selected !== undefined) expect(id).toBe(selected);
  return { head: id, selected };
}

test('without a selection the head is the latest leaf, and moves with it', async () => {
  const store = await branchedStore();
  expect(await head(store)).toEqual({ head: 'd', selected: undefined });
  await save(store, 'e', turn(5, { parentId: 'c' }));
  expect(await head(store)).toEqual({ head: 'e', selected: undefined });
});

describe('a selection', () => {
  test('is the head, for every store over the data, and after all of them were closed', async () => {
    const name = freshName();
    const store = await branchedStore({ name });
    expect(await store.selectBranch('c')).toEqual(await store.getSession('s'));
    expect(await head(store)).toEqual({ head: 'c', selected: 'c' });
    expect(await head(openStore({ name }))).toEqual({ head: 'c', selected: 'c' });
    await store.close();
    expect(await head(openStore({ name }))).toEqual({ head: 'c', selected: 'c' });
  });

  test('does not change which leaf is the latest', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('d');
    expect((await store.getLeaves('s')).map(({ snapshotId }) => snapshotId)).toEqual(['d', 'c']);
  });

  test('may be an inner node, and may change', async () => {
    const store = await branchedStore();
    for (const id of ['a', 'c', 'c', 'b']) {
      await store.selectBranch(id);
      expect(await head(store)).toEqual({ head: id, selected: id });
    }
  });

  test('is that of its session alone', async () => {
    const store = await branchedStore();
    await save(store, 'x', turn(1, { sessionId: 'two' }));
    await save(store, 'y', turn(2, { sessionId: 'two', parentId: 'x' }));
    await store.selectBranch('x');
    expect(await head(store)).toEqual({ head: 'd', selected: undefined });
    expect(await head(store, 'two')).toEqual({ head: 'x', selected: 'x' });
  });

  test('can be a snapshot of a session that has no leaf', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { parentId: 'b' }));
    await save(store, 'b', turn(2, { parentId: 'a' }));
    expect(await head(store)).toEqual({ head: undefined, selected: undefined });
    await store.selectBranch('a');
    expect(await head(store)).toEqual({ head: 'a', selected: 'a' });
  });
});

describe('the selection moves along', () => {
  test('to a new child of the selected snapshot, and on to its child', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await save(store, 'c1', turn(5, { parentId: 'c' }));
    expect(await head(store)).toEqual({ head: 'c1', selected: 'c1' });
    await save(store, 'c2', turn(6, { parentId: 'c1' }));
    expect(await head(store)).toEqual({ head: 'c2', selected: 'c2' });
  });

  test('also when an inner node is selected: to its new branch', async () => {
    const store = await branchedStore();
    await store.selectBranch('a');
    await save(store, 'e', turn(5, { parentId: 'a' }));
    expect(await head(store)).toEqual({ head: 'e', selected: 'e' });
  });

  test('to the first of two children, for then that one is selected', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await save(store, 'first', turn(5, { parentId: 'c' }));
    await save(store, 'second', turn(6, { parentId: 'c' }));
    expect(await head(store)).toEqual({ head: 'first', selected: 'first' });
  });

  test('to a pending turn, which stays selected when it is finished', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await save(store, 'turn', turn(5, { parentId: 'c', status: 'pending' }));
    // Genkit finishes a detached turn with itself as its parent.
    await save(store, 'turn', turn(5, { parentId: 'turn', status: 'completed' }));
    expect(await head(store)).toEqual({ head: 'turn', selected: 'turn' });
  });
});

describe('the selection stays', () => {
  test('when another branch is continued', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await save(store, 'd1', turn(5, { parentId: 'd' }));
    await save(store, 'root', turn(6));
    expect(await head(store)).toEqual({ head: 'c', selected: 'c' });
  });

  test('when it, its parent or its child is rewritten', async () => {
    const store = await branchedStore();
    await store.selectBranch('b');
    for (const [id, parentId] of Object.entries({ a: undefined, b: 'a', c: 'b' })) {
      await save(store, id, turn(9, { parentId, status: 'failed' }));
      expect(await head(store)).toEqual({ head: 'b', selected: 'b' });
    }
  });

  test('when a snapshot of another session, or of none, names it as its parent', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await save(store, 'x', turn(5, { sessionId: 'two', parentId: 'c' }));
    await save(store, 'y', turn(6, { sessionId: undefined, parentId: 'c' }));
    expect(await head(store)).toEqual({ head: 'c', selected: 'c' });
    expect(await head(store, 'two')).toEqual({ head: 'x', selected: undefined });
  });

  test('when others are deleted', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await store.deleteSnapshot('d');
    expect(await head(store)).toEqual({ head: 'c', selected: 'c' });
  });

  test('when saving its child fails', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await save(store, 'e', turn(5, { parentId: 'c', state: { custom: () => 0 } })).catch(() => {});
    expect(await head(store)).toEqual({ head: 'c', selected: 'c' });
  });
});

describe('the selection goes to the nearest ancestor that is left', () => {
  test('when the selected snapshot is deleted', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    for (const [gone, left] of ['c', 'b'].map((id) => [id, id === 'c' ? 'b' : 'a'] as const)) {
      await store.deleteSnapshot(gone);
      expect(await head(store)).toEqual({ head: left, selected: left });
    }
    await save(store, 'e', turn(5, { parentId: 'a' }));
    expect(await head(store)).toEqual({ head: 'e', selected: 'e' });
  });

  test('when it is deleted with a subtree', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await store.deleteSnapshot('b', { subtree: true });
    expect(await head(store)).toEqual({ head: 'a', selected: 'a' });
  });

  test('past what is of another session, or of none', async () => {
    const store = await branchedStore();
    await save(store, 'x', turn(5, { sessionId: 'two', parentId: 'b' }));
    await save(store, 'y', turn(6, { sessionId: undefined, parentId: 'x' }));
    await save(store, 'z', turn(7, { parentId: 'y' }));
    await store.selectBranch('z');
    await store.deleteSnapshot('z');
    expect(await head(store)).toEqual({ head: 'b', selected: 'b' });
    expect(await head(store, 'two')).toEqual({ head: 'x', selected: undefined });
  });

  test('and watchers in another store are told', async () => {
    const name = freshName();
    const store = await branchedStore({ name });
    await store.selectBranch('c');
    const other = openStore({ name });
    const seen: (string | undefined)[] = [];
    other.onSessionChange('s', (change) => {
      if (change.type === 'changed') seen.push(change.session.selectedSnapshotId);
    });
    await store.deleteSnapshot('c');
    await expect.poll(() => seen.at(-1)).toBe('b');
  });

  test('unless another store has selected something else meanwhile', async () => {
    const name = freshName();
    const store = await branchedStore({ name });
    const other = openStore({ name });
    for (const order of [0, 1]) {
      await save(store, 'c', turn(3, { parentId: 'b' }));
      await store.selectBranch('c');
      const work = [() => store.deleteSnapshot('c'), () => other.selectBranch('d')];
      await Promise.all((order === 0 ? work : work.reverse()).map((each) => each()));
      expect(await head(store)).toEqual({ head: 'd', selected: 'd' });
    }
  });

  test('and leaves what was imported in its place as the file says', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    const file = await new Response(store.exportSessions()).blob();
    await store.deleteSnapshot('c');
    await store.selectBranch('d');
    await store.importSessions(file.stream(), { onConflict: 'replace' });
    expect(await head(store)).toEqual({ head: 'c', selected: 'c' });
  });

  test('and does not come back when a snapshot of that id does, except as its child', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await store.deleteSnapshot('c');
    await save(store, 'c', turn(3, { parentId: 'a' }));
    expect(await head(store)).toEqual({ head: 'b', selected: 'b' });
  });
});

describe('the selection is gone', () => {
  test('when there is no ancestor left: the head is the latest leaf', async () => {
    const store = openStore();
    await save(store, 'root', turn(1));
    await save(store, 'lost', turn(2, { parentId: 'nowhere' }));
    await save(store, 'self', turn(3, { parentId: 'self' }));
    for (const id of ['lost', 'self']) {
      await store.selectBranch(id);
      await store.deleteSnapshot(id);
      expect((await head(store)).selected).toBeUndefined();
    }
    expect((await head(store)).head).toBe('root');
  });

  test('when a circle is deleted', async () => {
    const store = await branchedStore();
    await save(store, 'x', turn(5, { parentId: 'y' }));
    await save(store, 'y', turn(6, { parentId: 'x' }));
    await store.selectBranch('x');
    await store.deleteSnapshot('x', { subtree: true });
    expect(await head(store)).toEqual({ head: 'd', selected: undefined });
  });

  test('when it is pruned', async () => {
    const store = await branchedStore({ maxPersistedChainLength: 3 });
    await store.selectBranch('a');
    await save(store, 'e', turn(5, { parentId: 'c' }));
    expect(await head(store)).toEqual({ head: 'e', selected: undefined });
  });

  test('with its session: a new one of that name has none', async () => {
    const store = await branchedStore();
    await store.selectBranch('c');
    await store.deleteSession('s');
    expect(await head(store)).toEqual({ head: undefined, selected: undefined });
    await save(store, 'c', turn(1));
    await save(store, 'z', turn(2));
    expect(await head(store)).toEqual({ head: 'z', selected: undefined });
  });
});

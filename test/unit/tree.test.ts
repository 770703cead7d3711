import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore, SessionTree } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Saves snapshots in this order, one a second, each under its parent, if it has one. */
async function grow(store: IndexedDBSessionStore<any>, parents: Record<string, string | undefined>) {
  for (const [n, [id, parentId]] of Object.entries(parents).entries()) {
    await save(store, id, turn(n, parentId === undefined ? {} : { parentId }));
  }
}

const children = ({ nodes }: SessionTree) =>
  Object.fromEntries([...nodes].map(([id, node]) => [id, node.children]));

/** Walks down from the roots; meets every node, and none of them from two roots. */
function expectWhole({ nodes, roots }: SessionTree): void {
  const met: string[] = [];
  const walk = (id: string) => {
    if (met.includes(id)) return;
    met.push(id);
    nodes.get(id)!.children.forEach(walk);
  };
  for (const root of roots) {
    expect(met, `${root} hangs below another root`).not.toContain(root);
    walk(root);
  }
  expect(met.sort()).toEqual([...nodes.keys()].sort());
}

test('nodes, children and roots are oldest first, leaves newest first', async () => {
  const store = openStore();
  await grow(store, { a: undefined, b: 'a', root: undefined, c: 'a', d: 'b', e: 'root', f: 'b' });
  const tree = await store.getTree('s');
  expect([...tree.nodes.keys()]).toEqual(['a', 'b', 'root', 'c', 'd', 'e', 'f']);
  expect(children(tree)).toEqual({ a: ['b', 'c'], b: ['d', 'f'], root: ['e'], c: [], d: [], e: [], f: [] });
  expect(tree.roots).toEqual(['a', 'root']);
  expect(tree.leaves).toEqual(['f', 'e', 'd', 'c']);
  expect(tree.headId).toBe('f');
  expect(tree.damaged).toEqual([]);
  expectWhole(tree);
});

test('the leaves are those of getLeaves, and the first is the latest', async () => {
  const store = openStore();
  await grow(store, { a: undefined, b: 'a', c: 'a', d: 'b', e: undefined });
  const { leaves } = await store.getTree('s');
  expect((await store.getLeaves('s')).map(({ snapshotId }) => snapshotId)).toEqual(leaves);
  expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe(leaves[0]);
});

test('of equal times the one saved later is newer, and offsets are no difference', async () => {
  const store = openStore();
  const times = ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z', '2025-12-31T23:00:00-01:00'];
  for (const [n, createdAt] of times.entries()) await save(store, `${n}`, turn(0, { createdAt }));
  await save(store, '1', turn(0, { createdAt: times[1], status: 'failed' }));
  const tree = await store.getTree('s');
  expect([...tree.nodes.keys()]).toEqual(['0', '2', '1']);
  expect(tree.leaves).toEqual(['1', '2', '0']);
});

test('a node has everything of its snapshot but the state', async () => {
  const store = openStore();
  const { state: _, ...fields } = turn(1, { parentId: 'x', extra: [1], error: { message: 'no' } });
  await save(store, 'a', turn(1, fields));
  expect((await store.getTree('s')).nodes.get('a')).toEqual({
    summary: { messages: 1, preview: 'turn 1' },
    ...fields,
    snapshotId: 'a',
    children: [],
  });
});

test('a child saved before its parent hangs below it once it is there', async () => {
  const store = openStore();
  await grow(store, { child: 'parent' });
  expect((await store.getTree('s')).roots).toEqual(['child']);
  await save(store, 'parent', turn(9));
  const tree = await store.getTree('s');
  expect(tree.roots).toEqual(['parent']);
  expect(children(tree)).toEqual({ child: [], parent: ['child'] });
  expectWhole(tree);
});

test('a parent in another session, or in none, is no node: its child is a root', async () => {
  const store = openStore();
  await save(store, 'x', turn(1, { sessionId: 'two' }));
  await save(store, 'y', turn(2, { sessionId: undefined }));
  await save(store, 'a', turn(3, { parentId: 'x' }));
  await save(store, 'b', turn(4, { parentId: 'y' }));
  await save(store, 'c', turn(5, { parentId: 'a' }));
  const tree = await store.getTree('s');
  expect([...tree.nodes.keys()]).toEqual(['a', 'b', 'c']);
  expect(tree.roots).toEqual(['a', 'b']);
  expect((await store.getTree('two')).leaves).toEqual(['x']);
  expectWhole(tree);
});

describe('in a cycle every node hangs below a root', () => {
  const cycles: Record<string, Record<string, string | undefined>> = {
    'of two': { a: 'b', b: 'a' },
    'of three': { a: 'c', b: 'a', c: 'b' },
    'with a tail': { a: 'b', b: 'a', tail: 'b', end: 'tail' },
    'with a tail that is older': { end: 'tail', tail: 'b', a: 'b', b: 'a' },
    'beside a chain': { one: undefined, a: 'b', b: 'a', two: 'one' },
    'beside another': { a: 'b', x: 'y', b: 'a', y: 'x', tail: 'x' },
  };
  test.each(Object.entries(cycles))('%s', async (_, parents) => {
    const store = openStore();
    await grow(store, parents);
    const tree = await store.getTree('s');
    expect([...tree.nodes.keys()].sort()).toEqual(Object.keys(parents).sort());
    expectWhole(tree);
    // One root for each cycle, and every node that has no parent.
    const rootless = Object.keys(parents).filter((id) => parents[id] === undefined);
    expect(tree.roots).toEqual(expect.arrayContaining(rootless));
    expect(new Set(tree.roots).size).toBe(tree.roots.length);
    expect(tree.headId).toBe((await store.getHead('s'))?.snapshotId);
    expect(tree.leaves).toEqual((await store.getLeaves('s')).map(({ snapshotId }) => snapshotId));
  });

  test('one without a tail has neither leaves nor a head', async () => {
    const store = openStore();
    await grow(store, { a: 'b', b: 'a' });
    const tree = await store.getTree('s');
    expect(tree.leaves).toEqual([]);
    expect(tree.headId).toBeUndefined();
    expect(tree.roots).toHaveLength(1);
  });
});

test('deleting a cycle whole ends it', async () => {
  const store = openStore();
  await grow(store, { a: 'b', b: 'a', tail: 'b', apart: undefined });
  expect(await store.deleteSnapshot('a', { subtree: true })).toBe(3);
  const tree = await store.getTree('s');
  expect([...tree.nodes.keys()]).toEqual(['apart']);
  expect(tree.leaves).toEqual(['apart']);
  expect((await store.getSession('s'))?.snapshotCount).toBe(1);
});

test('deleting a leaf makes its parent one, unless another child is left', async () => {
  const store = openStore();
  await grow(store, { a: undefined, b: 'a', c: 'a' });
  await store.deleteSnapshot('b');
  expect((await store.getTree('s')).leaves).toEqual(['c']);
  await store.deleteSnapshot('c');
  expect((await store.getTree('s')).leaves).toEqual(['a']);
  expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('a');
});

test('deleting a subtree spares what hangs elsewhere, and children in other sessions', async () => {
  const store = openStore();
  await grow(store, { a: undefined, b: 'a', c: 'b', d: 'b', e: 'a' });
  await save(store, 'foreign', turn(9, { sessionId: 'two', parentId: 'b' }));
  expect(await store.deleteSnapshot('b', { subtree: true })).toBe(3);
  const tree = await store.getTree('s');
  expect([...tree.nodes.keys()]).toEqual(['a', 'e']);
  expect(tree.leaves).toEqual(['e']);
  expect((await store.getSnapshot({ sessionId: 'two' }))?.snapshotId).toBe('foreign');
});

test('a node whose only children are in other sessions can be deleted alone', async () => {
  const store = openStore();
  await grow(store, { a: undefined });
  await save(store, 'foreign', turn(9, { sessionId: 'two', parentId: 'a' }));
  expect(await store.deleteSnapshot('a')).toBe(1);
  expect((await store.getTree('two')).roots).toEqual(['foreign']);
});

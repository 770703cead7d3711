import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

type Store = IndexedDBSessionStore<any>;

const counter = (count: number) => turn(1, { state: { custom: count } });
const increment = (store: Store, id = 'a') =>
  store.saveSnapshot(id, (current) => counter((current?.state?.custom ?? 0) + 1));

function watchCounter(store: Store, id = 'a'): number[] {
  const counts: number[] = [];
  store.onSnapshotStateChange(id, (snapshot) => counts.push(snapshot.state?.custom));
  return counts;
}

test('two stores that count at once: both see increasing counts, their own all of them, and the last', async () => {
  const name = freshName();
  const stores = [openStore({ name }), openStore({ name })];
  const seen = stores.map((store) => watchCounter(store));
  const own: number[][] = [[], []];
  await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      stores[n % 2]!.saveSnapshot('a', (current) => {
        const count = (current?.state?.custom ?? 0) + 1;
        own[n % 2]!.push(count);
        return counter(count);
      }),
    ),
  );
  await eventually(() => seen.every((counts) => counts.at(-1) === 100), 'both to see 100');
  for (const [n, counts] of seen.entries()) {
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
    expect(counts).toEqual(expect.arrayContaining(own[n]!));
  }
});

test('who begins to watch in the midst of saves sees no version twice, and the last', async () => {
  const name = freshName();
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  const saves: Promise<unknown>[] = [];
  const seen: number[][] = [];
  for (let n = 0; n < 40; n++) {
    saves.push(increment(writer));
    if (n % 4 === 0) {
      await saves[n];
      seen.push(watchCounter(listener), watchCounter(writer));
    }
  }
  await Promise.all(saves);
  await eventually(() => seen.every((counts) => counts.at(-1) === 40), 'all to see 40');
  for (const counts of seen) expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
});

describe.each(['clear', 'deleteDatabase'] as const)('%s', (remove) => {
  test('a snapshot saved again afterwards is told to those who watched it before, in every tab', async () => {
    const name = freshName();
    const [writer, listener] = [openStore({ name }), openStore({ name })];
    const [here, there] = [watchCounter(writer), watchCounter(listener)];
    for (let n = 0; n < 5; n++) await increment(writer);
    await eventually(() => there.at(-1) === 5, 'the other tab to see 5');
    await writer[remove]();
    await increment(writer);
    await eventually(() => there.at(-1) === 1, 'the other tab to see 1 again');
    expect(here).toEqual([1, 2, 3, 4, 5, 1]);
    await increment(listener);
    await eventually(() => here.at(-1) === 2, 'the first tab to hear of the other');
    expect(there.slice(-2)).toEqual([1, 2]);
  });
});

test('deleting is not told, and neither are deleted versions afterwards', async () => {
  const store = openStore();
  const counts = watchCounter(store);
  await increment(store);
  await store.deleteSnapshot('a');
  await increment(store);
  await store.deleteSession('s');
  await increment(store);
  expect(counts).toEqual([1, 1, 1]);
});

test('a change of the parent or of a leaf mark is no version of the snapshot', async () => {
  const store = openStore();
  await increment(store);
  const counts = watchCounter(store);
  await eventually(() => counts.length > 0, 'the stored version');
  await save(store, 'b', turn(2, { parentId: 'a' }));
  await store.deleteSnapshot('b');
  await store.selectBranch('a');
  await increment(store);
  expect(counts).toEqual([1, 2]);
});

test('what is watched of one id is not told of another, however alike', async () => {
  const store = openStore();
  const ids = ['a', 'A', 'a ', 'a\u0000', 'ä', 'a\u0308'];
  const seen = ids.map((id) => watchCounter(store, id));
  for (const [n, id] of ids.entries()) await save(store, id, counter(n));
  expect(seen).toEqual(ids.map((_, n) => [n]));
});

test('reads in a callback find what was delivered, or something later', async () => {
  const name = freshName();
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  const reads: Promise<[delivered: number, found: number]>[] = [];
  listener.onSnapshotStateChange('a', (snapshot) => {
    const fresh = openStore({ name });
    reads.push(
      fresh
        .getSnapshot({ snapshotId: 'a' })
        .then((found) => [snapshot.state?.custom as number, found?.state?.custom as number]),
    );
  });
  await Promise.all(Array.from({ length: 20 }, () => increment(writer)));
  await eventually(async () => reads.length > 0 && (await reads.at(-1)!)[0] === 20, 'the last version');
  for (const [delivered, found] of await Promise.all(reads)) expect(found).toBeGreaterThanOrEqual(delivered);
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openRaw } from '../database/raw-database.js';
import { freshName, openStore } from '../stores/open-store.js';
import { withLostCommit } from './fault-points.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Before the second transaction of `action` that writes, another tab deletes snapshots. */
async function deletingBeforeSecond<T>(
  other: IDBDatabase,
  isDeleted: (id: string) => boolean,
  action: () => Promise<T>,
): Promise<T> {
  const { prototype } = IDBDatabase;
  const original = prototype.transaction;
  let writing = 0;
  prototype.transaction = function (...args) {
    if (args[1] === 'readwrite' && this !== other && ++writing === 2) {
      const request = other.transaction('snapshots', 'readwrite').objectStore('snapshots').openCursor();
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return;
        if (isDeleted(String(cursor.key))) cursor.delete();
        cursor.continue();
      };
    }
    return original.apply(this, args);
  };
  try {
    return await action();
  } finally {
    prototype.transaction = original;
  }
}

const count = (store: ReturnType<typeof openStore>) =>
  store.saveSnapshot('count', (current) => ({
    ...current!,
    state: { custom: (current!.state!.custom as number) + 1 },
  }));

test('a batch that had committed is not done again because another tab has deleted what it added', async () => {
  const name = freshName();
  const store = openStore({ name, compaction: false });
  await save(store, 'count', turn(0, { state: { custom: 0 } }));
  const other = await openRaw(name);
  onTestFinished(() => other.close());
  const add = (second: number) => store.saveSnapshot(undefined, () => turn(second));
  const lost = (saves: () => Promise<unknown>) =>
    deletingBeforeSecond(
      other,
      (id) => id !== 'count',
      () => withLostCommit(1, true, saves),
    );
  await lost(() => Promise.all([add(1), count(store)]));
  await lost(() => Promise.all([count(store), add(2)]));
  expect((await store.getSnapshot({ snapshotId: 'count' }))!.state!.custom).toBe(2);
});

test.each(['another store', 'two others'])(
  'a save that had committed is not done again because of what %s of the page wrote since',
  async (how) => {
    const name = freshName();
    const stores = [openStore({ name }), openStore({ name }), openStore({ name })];
    await save(stores[0]!, 'count', turn(0, { state: { custom: 0 } }));
    for (const store of stores) await store.getSnapshot({ snapshotId: 'count' });
    const others = how === 'another store' ? stores.slice(1, 2) : stores.slice(1);
    await withLostCommit(1, true, () =>
      Promise.all([
        count(stores[0]!),
        ...others.map((other, index) => save(other, `other ${index}`, turn(1))),
      ]),
    );
    expect((await stores[0]!.getSnapshot({ snapshotId: 'count' }))!.state!.custom).toBe(1);
  },
);

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

test('a batch that had committed is not done again because another tab has deleted what it added', async () => {
  const name = freshName();
  const store = openStore({ name, compaction: false });
  await save(store, 'count', turn(0, { state: { custom: 0 } }));
  const other = await openRaw(name);
  onTestFinished(() => other.close());
  const count = () =>
    store.saveSnapshot('count', (current) => ({
      ...current!,
      state: { custom: (current!.state!.custom as number) + 1 },
    }));
  const add = (second: number) => store.saveSnapshot(undefined, () => turn(second));
  const lost = (saves: () => Promise<unknown>) =>
    deletingBeforeSecond(
      other,
      (id) => id !== 'count',
      () => withLostCommit(1, true, saves),
    );
  await lost(() => Promise.all([add(1), count()]));
  await lost(() => Promise.all([count(), add(2)]));
  expect((await store.getSnapshot({ snapshotId: 'count' }))!.state!.custom).toBe(2);
});

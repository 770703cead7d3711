import { IDBFactory, forceCloseDatabase } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

test('a connection that the browser closed is opened again', async () => {
  const open = vi.spyOn(indexedDB, 'open');
  const store = openStore();
  await save(store, 'a', turn(1));
  const connections = () => open.mock.results.map(({ value }) => (value as IDBOpenDBRequest).result);
  expect(connections()).toHaveLength(1);
  // Its declaration asks for the class where it means a connection.
  forceCloseDatabase(connections()[0] as never);
  await save(store, 'b', turn(2, { parentId: 'a' }));
  expect((await store.getHistory('b')).map(({ snapshotId }) => snapshotId)).toEqual(['a', 'b']);
  expect(connections()).toHaveLength(2);
});

import { expect, test, vi } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';

// Not for fake-indexeddb, which deletes a database before its last transaction is over.
test('a session that another tab saves while the database is being deleted is told to be gone', async () => {
  const name = freshName();
  const [store, other] = [openStore({ name }), openStore({ name })];
  await save(store, 'a', turn(1));
  const told: string[] = [];
  other.onSessionChange('s', ({ type }) => told.push(type));
  await other.getSession('s');
  // The last moment at which the old database can still be written.
  const { deleteDatabase } = IDBFactory.prototype;
  let late: Promise<unknown> | undefined;
  vi.spyOn(indexedDB, 'deleteDatabase').mockImplementation((database) => {
    late ??= save(other, 'late', turn(2));
    return deleteDatabase.call(indexedDB, database);
  });
  await store.deleteDatabase();
  vi.restoreAllMocks();
  await late;
  // Everything said before is heard before this.
  const fence: unknown[] = [];
  other.onSessionChange('fence', (change) => fence.push(change));
  await save(store, 'fence', turn(3, { sessionId: 'fence' }));
  await eventually(() => fence.length > 0, 'a later change of the same store');
  const isThere = (await other.getSession('s')) !== undefined;
  expect(told.at(-1)).toBe(isThere ? 'changed' : 'deleted');
});

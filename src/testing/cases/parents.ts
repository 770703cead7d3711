import { assert, assertEqual } from '../assertions.js';
import { at, latest, peek, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

export const parents: readonly SessionStoreCase[] = [
  {
    title: 'Dangling parent: the child is a leaf',
    async run({ store }) {
      await save(store, 'child', turn(1, { parentId: 'nowhere' }));
      assertEqual(await latest(store), 'child', 'latest');
      assertEqual((await store.getSnapshot({ snapshotId: 'child' }))?.parentId, 'nowhere', 'its parentId');
    },
  },
  {
    title: 'Dangling parent: a parent saved after its child is no leaf',
    async run({ store }) {
      await save(store, 'child', turn(1, { parentId: 'parent' }));
      await save(store, 'parent', turn(5));
      assertEqual(await latest(store), 'child', 'latest');
    },
  },
  {
    title: 'Dangling parent: a parent in another session leaves the child a leaf, and stays one itself',
    async run({ store }) {
      await save(store, 'parent', turn(1, { sessionId: 'other' }));
      await save(store, 'child', turn(2, { parentId: 'parent' }));
      assertEqual(await latest(store), 'child', 'latest of the child’s session');
      assertEqual(await latest(store, 'other'), 'parent', 'latest of the parent’s session');
    },
  },
  {
    title: 'Dangling parent: a child of another session, or of none, waiting for the parent does not count',
    async run({ store }) {
      await save(store, 'theirs', turn(2, { sessionId: 'other', parentId: 'a' }));
      await save(store, 'nobodys', turn(2, { sessionId: undefined, parentId: 'a' }));
      await save(store, 'a', turn(1));
      assertEqual(await latest(store), 'a', 'latest');
    },
  },
  {
    title: 'Latest of a session: a rewrite that changes the parent makes the old one a leaf again',
    async run({ store }) {
      await save(store, 'a', turn(5));
      await save(store, 'b', turn(1));
      await save(store, 'c', turn(2, { parentId: 'a' }));
      assertEqual(await latest(store), 'c', 'latest');
      await save(store, 'c', turn(2, { parentId: 'b' }));
      assertEqual(await latest(store), 'a', 'latest after the move');
      await save(store, 'd', turn(1, { parentId: 'a' }));
      assertEqual(await latest(store), 'c', 'latest after the old parent got another child');
    },
  },
  {
    title: 'Latest of a session: a rewrite that drops the parent makes it a leaf again',
    async run({ store }) {
      await save(store, 'a', turn(5));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await save(store, 'b', turn(2));
      assertEqual(await latest(store), 'a', 'latest');
    },
  },
  {
    title: 'Latest of a session: a parent with another child left stays no leaf',
    async run({ store }) {
      await save(store, 'a', turn(5));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await save(store, 'c', turn(3, { parentId: 'a' }));
      await save(store, 'c', turn(1));
      assertEqual(await latest(store), 'b', 'latest');
    },
  },
  {
    title: 'Self parent: the finished turn of a detached worker keeps the stored parent and is the leaf',
    needs: ['self-parent-repaired'],
    options: { rejectBranchingSessions: true },
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2, { parentId: 'a', status: 'pending', state: {} }));
      await save(store, 'b', turn(3, { snapshotId: 'b', parentId: 'b', updatedAt: at(3) }));
      const read = await store.getSnapshot({ sessionId: 's' });
      const expected = { ...turn(3), snapshotId: 'b', parentId: 'a', updatedAt: at(3) };
      assertEqual(read, expected, 'the latest snapshot');
      assertEqual((await peek(store, 'b'))?.parentId, 'a', 'the stored parent');
    },
  },
  {
    title: 'Self parent: dropped where none was stored',
    needs: ['self-parent-repaired'],
    async run({ store }) {
      await save(store, 'a', turn(1, { status: 'pending' }));
      await save(store, 'a', turn(1, { parentId: 'a' }));
      const read = await store.getSnapshot({ sessionId: 's' });
      assertEqual(read, { ...turn(1), snapshotId: 'a' }, 'the finished turn');
    },
  },
  {
    title: 'Self parent: dropped from a new snapshot, whichever way it got its id',
    needs: ['self-parent-repaired'],
    async run({ store }) {
      await save(store, 'a', turn(1, { parentId: 'a' }));
      await store.saveSnapshot(undefined, () => turn(2, { snapshotId: 'b', parentId: 'b' }));
      for (const snapshotId of ['a', 'b']) {
        const read = await store.getSnapshot({ snapshotId });
        assert(read?.parentId === undefined, `${snapshotId} should have no parent, has ${read?.parentId}`);
      }
      assertEqual(await latest(store), 'b', 'latest');
    },
  },
];

import { assertEqual, assertRejects } from '../assertions.js';
import { latest, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const options = { rejectBranchingSessions: true };

export const branching: readonly SessionStoreCase[] = [
  {
    title: 'rejectBranchingSessions: several leaves are refused, with their number',
    needs: ['branching-refusable'],
    options,
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await save(store, 'c', turn(3, { parentId: 'a' }));
      await assertRejects(
        () => latest(store),
        'FAILED_PRECONDITION',
        'two leaves',
        'branching snapshots (2 leaves)',
      );
      await save(store, 'd', turn(4));
      await assertRejects(
        () => latest(store),
        'FAILED_PRECONDITION',
        'three leaves',
        'branching snapshots (3 leaves)',
      );
    },
  },
  {
    title: 'rejectBranchingSessions: a chain, an unknown session and a read by id are not refused',
    options,
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      assertEqual(await latest(store), 'b', 'latest');
      await save(store, 'c', turn(3, { parentId: 'a' }));
      assertEqual((await store.getSnapshot({ snapshotId: 'c' }))?.snapshotId, 'c', 'read by its id');
      assertEqual(await latest(store, 'unknown'), undefined, 'latest of an unknown session');
    },
  },
  {
    title: 'rejectBranchingSessions: other sessions are not counted',
    options,
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2, { sessionId: 'other' }));
      await save(store, 'c', turn(3, { sessionId: undefined, parentId: 'a' }));
      assertEqual(await latest(store), 'a', 'latest');
    },
  },
  {
    title: 'rejectBranchingSessions: a session that grows together again is not refused',
    options,
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      assertEqual(await latest(store), 'b', 'latest');
    },
  },
  {
    title: 'Cycle: a session without a leaf is refused',
    async run({ store }) {
      await save(store, 'a', turn(1, { parentId: 'c' }));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await save(store, 'c', turn(3, { parentId: 'b' }));
      await assertRejects(() => latest(store), 'FAILED_PRECONDITION', 'latest of a cycle of three');
      assertEqual((await store.getSnapshot({ snapshotId: 'b' }))?.parentId, 'a', 'read by its id');
      await save(store, 'x', turn(1, { sessionId: 'two', parentId: 'y' }));
      await save(store, 'y', turn(2, { sessionId: 'two', parentId: 'x' }));
      await assertRejects(() => latest(store, 'two'), 'FAILED_PRECONDITION', 'latest of a cycle of two');
    },
  },
  {
    title: 'Cycle: a leaf that hangs on it is the latest',
    async run({ store }) {
      await save(store, 'a', turn(1, { parentId: 'b' }));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await save(store, 'leaf', turn(0, { parentId: 'a' }));
      assertEqual(await latest(store), 'leaf', 'latest');
    },
  },
  {
    title: 'Cycle: a rewrite opens it again',
    async run({ store }) {
      await save(store, 'a', turn(1, { parentId: 'b' }));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await save(store, 'a', turn(1));
      assertEqual(await latest(store), 'b', 'latest');
    },
  },
];

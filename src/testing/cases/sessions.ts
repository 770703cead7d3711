import type { SessionSnapshotInput } from '../../types/snapshot.js';
import { assertEqual, assertRejects } from '../assertions.js';
import { at, latest, peek, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

export const sessions: readonly SessionStoreCase[] = [
  {
    title: 'sessionId: taken from the state where the snapshot has none',
    async run({ store }) {
      const saved = { createdAt: at(1), state: { sessionId: 'inner' } };
      await save(store, 'a', saved);
      const read = await store.getSnapshot({ sessionId: 'inner' });
      assertEqual(read, { ...saved, snapshotId: 'a' }, 'read by the session of the state');
    },
  },
  {
    title: 'sessionId: the one of the snapshot goes before the one of the state',
    async run({ store }) {
      await save(store, 'a', turn(1, { sessionId: 'outer', state: { sessionId: 'inner' } }));
      assertEqual(await latest(store, 'outer'), 'a', 'latest of the outer');
      assertEqual(await latest(store, 'inner'), undefined, 'latest of the inner');
    },
  },
  {
    title: 'sessionId: without any the snapshot is stored, and belongs to no session',
    async run({ store }) {
      const saved = { createdAt: at(1), parentId: 'x', state: { custom: 1 } };
      await save(store, 'a', saved);
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...saved, snapshotId: 'a' }, 'by its id');
      assertEqual(await latest(store, 'undefined'), undefined, 'a session named "undefined"');
      assertEqual(await latest(store, 'null'), undefined, 'a session named "null"');
    },
  },
  {
    title: 'sessionId: a rewrite that omits it keeps it',
    needs: ['session-kept'],
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'a', turn(2, { sessionId: undefined }));
      assertEqual(await latest(store), 'a', 'latest');
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.sessionId, 's', 'the session it names');
      await store.saveSnapshot(undefined, () => ({ snapshotId: 'a', createdAt: at(3) }));
      assertEqual(await latest(store), 'a', 'latest after a rewrite by the mutator’s id');
      assertEqual((await peek(store, 'a'))?.sessionId, 's', 'the session mutators see');
    },
  },
  {
    title: 'sessionId: a rewrite that omits it keeps it, also where only the state had it',
    needs: ['session-kept'],
    async run({ store }) {
      await save(store, 'a', { createdAt: at(1), state: { sessionId: 'inner' } });
      await save(store, 'a', { createdAt: at(1), state: { custom: 1 } });
      const read = await store.getSnapshot({ sessionId: 'inner' });
      assertEqual(read?.sessionId ?? read?.state?.sessionId, 'inner', 'the session it names');
    },
  },
  {
    title: 'sessionId: a rewrite may move it between the snapshot and the state',
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'a', { createdAt: at(1), state: { sessionId: 's' } });
      assertEqual(await latest(store), 'a', 'latest');
      await save(store, 'a', turn(1));
      assertEqual(await latest(store), 'a', 'latest');
    },
  },
  {
    title: 'sessionId: a snapshot of no session may join one',
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2, { sessionId: undefined, parentId: 'a' }));
      await save(store, 'c', turn(3, { parentId: 'b' }));
      await save(store, 'd', turn(4, { sessionId: undefined }));
      assertEqual(await latest(store), 'c', 'latest before');
      await save(store, 'd', turn(5, { parentId: 'c' }));
      assertEqual(await latest(store), 'd', 'latest after one joined');
      await save(store, 'b', turn(9, { parentId: 'a' }));
      assertEqual(await latest(store), 'd', 'latest after one joined that others continue');
    },
  },
  {
    title: 'sessionId: a rewrite that changes it is refused, and writes nothing',
    needs: ['session-change-refused'],
    async run({ store }) {
      const before = turn(1);
      await save(store, 'a', before);
      const moves: [string, object][] = [
        ['of the snapshot', turn(2, { sessionId: 'other' })],
        ['of the state', { createdAt: at(2), state: { sessionId: 'other' } }],
        [
          'of the snapshot, though the state agrees',
          turn(2, { sessionId: 'other', state: { sessionId: 's' } }),
        ],
      ];
      for (const [what, moved] of moves) {
        await assertRejects(() => save(store, 'a', moved), 'FAILED_PRECONDITION', what);
        const byMutator = () =>
          store.saveSnapshot(undefined, () => ({ ...(moved as SessionSnapshotInput<any>), snapshotId: 'a' }));
        await assertRejects(byMutator, 'FAILED_PRECONDITION', `${what}, by the mutator's id`);
      }
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...before, snapshotId: 'a' }, 'stored');
      assertEqual(await latest(store), 'a', 'latest of the old session');
      assertEqual(await latest(store, 'other'), undefined, 'latest of the new session');
    },
  },
];

import { assertEqual } from '../assertions.js';
import { at, latest, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

export const latestLeaf: readonly SessionStoreCase[] = [
  {
    title: 'Latest of a session: the end of a chain, whole',
    async run({ store }) {
      await save(store, 'a', turn(1));
      assertEqual(await latest(store), 'a', 'latest of one snapshot');
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await save(store, 'c', turn(3, { parentId: 'b' }));
      const read = await store.getSnapshot({ sessionId: 's' });
      assertEqual(read, { ...turn(3, { parentId: 'b' }), snapshotId: 'c' }, 'latest of the chain');
    },
  },
  {
    title: 'Latest of a session: the end of a long chain saved in any order',
    async run({ store }) {
      const order = Array.from({ length: 60 }, (_, index) => (index * 37) % 60);
      for (const n of order) await save(store, `${n}`, turn(n, n > 0 ? { parentId: `${n - 1}` } : {}));
      assertEqual(await latest(store), '59', 'latest');
    },
  },
  {
    title: 'Latest of a session: of several leaves the one created last, whichever was saved last',
    async run({ store }) {
      await save(store, 'root', turn(1));
      await save(store, 'new', turn(9, { parentId: 'root' }));
      await save(store, 'old', turn(5, { parentId: 'root' }));
      assertEqual(await latest(store), 'new', 'latest');
      await save(store, 'old', turn(5, { parentId: 'root', updatedAt: at(20) }));
      assertEqual(await latest(store), 'new', 'latest after the older leaf was rewritten');
    },
  },
  {
    title: 'Latest of a session: a snapshot that others continue is not it, however new',
    async run({ store }) {
      await save(store, 'a', turn(9));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      assertEqual(await latest(store), 'b', 'latest');
      await save(store, 'a', turn(30));
      assertEqual(await latest(store), 'b', 'latest after the parent was rewritten');
    },
  },
  {
    title: 'Latest of a session: a rewrite that changes createdAt counts',
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2));
      await save(store, 'a', turn(3));
      assertEqual(await latest(store), 'a', 'latest');
      await save(store, 'a', turn(0));
      assertEqual(await latest(store), 'b', 'latest');
    },
  },
  {
    title: 'Latest of a session: instants are compared, not strings: offsets',
    needs: ['instants-compared'],
    async run({ store }) {
      await save(store, 'earlier', turn(1, { createdAt: '2026-01-01T00:30:00+02:00' }));
      await save(store, 'later', turn(1, { createdAt: '2025-12-31T23:00:00Z' }));
      await save(store, 'early', turn(1, { createdAt: '2026-01-01T00:00:00+05:30' }));
      assertEqual(await latest(store), 'later', 'latest');
      await save(store, 'latest', turn(1, { createdAt: '2025-12-31T22:00:00-01:30' }));
      assertEqual(await latest(store), 'latest', 'latest');
    },
  },
  {
    title: 'Latest of a session: instants are compared, not strings: fractions of a second',
    needs: ['instants-compared'],
    async run({ store }) {
      await save(store, 'later', turn(1, { createdAt: '2026-01-01T00:00:00.500Z' }));
      await save(store, 'earlier', turn(1, { createdAt: '2026-01-01T00:00:00Z' }));
      await save(store, 'early', turn(1, { createdAt: '2026-01-01T00:00:00.49Z' }));
      assertEqual(await latest(store), 'later', 'latest');
    },
  },
  {
    title: 'Latest of a session: a tie goes to the one saved last',
    needs: ['ties-to-last-saved'],
    async run({ store }) {
      await save(store, 'b', turn(1));
      await save(store, 'a', turn(1));
      assertEqual(await latest(store), 'a', 'latest of two');
      await save(store, 'c', turn(1));
      assertEqual(await latest(store), 'c', 'latest of three');
      await save(store, 'b', turn(1));
      assertEqual(await latest(store), 'b', 'latest after a rewrite');
    },
  },
  {
    title: 'Latest of a session: a tie goes to the one saved last, also between offsets',
    needs: ['instants-compared', 'ties-to-last-saved'],
    async run({ store }) {
      await save(store, 'z', turn(1, { createdAt: '2026-01-01T02:00:00+02:00' }));
      await save(store, 'a', turn(1, { createdAt: '2026-01-01T00:00:00Z' }));
      assertEqual(await latest(store), 'a', 'latest');
    },
  },
  {
    title: 'Latest of a session: other sessions play no part',
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(9, { sessionId: 'other' }));
      await save(store, 'c', turn(8, { sessionId: undefined }));
      assertEqual(await latest(store), 'a', 'latest of s');
      assertEqual(await latest(store, 'other'), 'b', 'latest of the other');
    },
  },
];

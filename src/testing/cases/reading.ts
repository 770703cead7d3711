import { assertEqual, assertRejects } from '../assertions.js';
import { save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const BLANKS = ['', ' ', '\t\n', '\u00a0'];

export const reading: readonly SessionStoreCase[] = [
  {
    title: 'getSnapshot: both ids are an error',
    async run({ store }) {
      await save(store, 'a', turn(1));
      const both = () => store.getSnapshot({ snapshotId: 'a', sessionId: 's' });
      await assertRejects(both, 'INVALID_ARGUMENT', 'both ids');
    },
  },
  {
    title: 'getSnapshot: neither id is an error',
    async run({ store }) {
      await assertRejects(() => store.getSnapshot({}), 'INVALID_ARGUMENT', 'no ids');
      const neither = () => store.getSnapshot({ snapshotId: undefined, sessionId: undefined });
      await assertRejects(neither, 'INVALID_ARGUMENT', 'undefined ids');
    },
  },
  {
    title: 'getSnapshot: an id that is undefined counts as absent',
    async run({ store }) {
      await save(store, 'a', turn(1));
      const byId = await store.getSnapshot({ snapshotId: 'a', sessionId: undefined });
      const bySession = await store.getSnapshot({ snapshotId: undefined, sessionId: 's' });
      assertEqual([byId?.snapshotId, bySession?.snapshotId], ['a', 'a'], 'ids read');
    },
  },
  {
    title: 'getSnapshot: a blank id is an error',
    needs: ['blank-ids-refused'],
    async run({ store }) {
      await save(store, 'a', turn(1));
      for (const blank of BLANKS) {
        const shown = JSON.stringify(blank);
        await assertRejects(() => store.getSnapshot({ snapshotId: blank }), 'INVALID_ARGUMENT', shown);
        await assertRejects(() => store.getSnapshot({ sessionId: blank }), 'INVALID_ARGUMENT', shown);
      }
    },
  },
  {
    title: 'getSnapshot: a blank id beside a good one is an error',
    needs: ['blank-ids-refused'],
    async run({ store }) {
      await save(store, 'a', turn(1));
      const blankSession = () => store.getSnapshot({ snapshotId: 'a', sessionId: '' });
      const blankSnapshot = () => store.getSnapshot({ snapshotId: '', sessionId: 's' });
      await assertRejects(blankSession, 'INVALID_ARGUMENT', 'a blank session id');
      await assertRejects(blankSnapshot, 'INVALID_ARGUMENT', 'a blank snapshot id');
    },
  },
  {
    title: 'Unknown id: reads as undefined',
    async run({ store }) {
      assertEqual(await store.getSnapshot({ snapshotId: 'x' }), undefined, 'in an empty store');
      assertEqual(await store.getSnapshot({ sessionId: 'x' }), undefined, 'in an empty store');
      await save(store, 'a', turn(1));
      assertEqual(await store.getSnapshot({ snapshotId: 's' }), undefined, 'a session id as snapshot id');
      assertEqual(await store.getSnapshot({ sessionId: 'a' }), undefined, 'a snapshot id as session id');
      assertEqual(await store.getSnapshot({ snapshotId: ' a' }), undefined, 'an id with a space more');
    },
  },
  {
    title: 'Unknown id: reading creates nothing',
    async run({ store }) {
      await store.getSnapshot({ snapshotId: 'a' });
      const seen: unknown[] = [];
      await store.saveSnapshot('a', (current) => {
        seen.push(current);
        return null;
      });
      assertEqual(seen, [undefined], 'what the mutator saw');
    },
  },
];

import type { SessionStoreOptions } from '../../types/snapshot.js';
import { assertEqual } from '../assertions.js';
import { turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';
import { versions } from './watchers.js';

const options = {
  snapshotPathPrefix: (call?: SessionStoreOptions): string => String(call?.context?.['tenant'] ?? 'global'),
};
const ann = { context: { tenant: 'ann' } };
const ben = { context: { tenant: 'ben' } };

export const tenancy: readonly SessionStoreCase[] = [
  {
    title: 'Tenancy: what one tenant saves no other can read',
    needs: ['tenancy'],
    options,
    async run({ store }) {
      await store.saveSnapshot('a', () => turn(1), ann);
      for (const other of [ben, {}]) {
        assertEqual(await store.getSnapshot({ snapshotId: 'a', ...other }), undefined, 'by its id');
        assertEqual(await store.getSnapshot({ sessionId: 's', ...other }), undefined, 'by its session');
      }
      const own = await store.getSnapshot({ sessionId: 's', ...ann });
      assertEqual(own, { ...turn(1), snapshotId: 'a' }, 'read by the tenant itself');
    },
  },
  {
    title: 'Tenancy: one id means a snapshot of each tenant',
    needs: ['tenancy'],
    options,
    async run({ store }) {
      await store.saveSnapshot('a', () => turn(1), ann);
      const seen: unknown[] = [];
      await store.saveSnapshot(
        'a',
        (current) => {
          seen.push(current);
          return turn(2, { sessionId: 'other', parentId: 'b' });
        },
        ben,
      );
      await store.saveSnapshot('b', () => turn(3, { parentId: 'a' }), ben);
      assertEqual(seen, [undefined], 'what the mutator of the other tenant saw');
      const own = await store.getSnapshot({ sessionId: 's', ...ann });
      assertEqual(own, { ...turn(1), snapshotId: 'a' }, 'the snapshot of the first tenant');
    },
  },
  {
    title: 'Tenancy: a watcher hears of its own tenant alone',
    needs: ['tenancy', 'watching'],
    options,
    async run({ store, watch }) {
      const ofAnn = watch('a', undefined, ann);
      const ofBen = watch('a', undefined, ben);
      await store.saveSnapshot('a', () => turn(1), ann);
      await store.saveSnapshot('a', () => turn(2), ben);
      await store.saveSnapshot('a', () => turn(3), ann);
      assertEqual(versions(ofAnn.delivered), [1, 3], 'versions delivered to the first tenant');
      assertEqual(versions(ofBen.delivered), [2], 'versions delivered to the second');
    },
  },
  {
    title: 'Tenancy: without a prefix the context makes no difference',
    async run({ store }) {
      await store.saveSnapshot('a', () => turn(1), ann);
      const read = await store.getSnapshot({ snapshotId: 'a', ...ben });
      assertEqual(read, { ...turn(1), snapshotId: 'a' }, 'read with another context');
    },
  },
];

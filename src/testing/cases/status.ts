import { assert, assertEqual } from '../assertions.js';
import { latest, peek, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const LONG_DEAD = '2001-01-01T00:00:00Z';
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const pending = (heartbeatAt?: string): object =>
  turn(1, { status: 'pending', ...(heartbeatAt === undefined ? {} : { heartbeatAt }) });

export const status: readonly SessionStoreCase[] = [
  {
    title: 'status: values that the contract does not know are kept',
    async run({ store }) {
      const saved = turn(1, { status: 'paused-by-a-newer-runtime', finishReason: 'moon-phase' });
      await save(store, 'a', saved);
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...saved, snapshotId: 'a' }, 'read');
      assertEqual(await peek(store, 'a'), { ...saved, snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: 'status: a snapshot of any status can be the latest',
    async run({ store }) {
      for (const [n, value] of ['completed', 'failed', 'aborted', 'pending', undefined].entries()) {
        await save(store, `${n}`, turn(n, { status: value }));
        assertEqual(await latest(store), `${n}`, `latest with status ${value}`);
      }
    },
  },
  {
    title: 'expired: a pending snapshot whose heartbeat is long stale reads as expired',
    needs: ['expiry'],
    async run({ store }) {
      await save(store, 'a', pending(LONG_DEAD));
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.status, 'expired', 'status by its id');
      assertEqual((await store.getSnapshot({ sessionId: 's' }))?.status, 'expired', 'status by its session');
    },
  },
  {
    title: 'expired: nothing else of the snapshot changes',
    needs: ['expiry'],
    async run({ store }) {
      const saved = pending('2001-01-01T02:00:00+02:00');
      await save(store, 'a', saved);
      const read = await store.getSnapshot({ snapshotId: 'a' });
      assertEqual(read, { ...saved, snapshotId: 'a', status: 'expired' }, 'read');
    },
  },
  {
    title: 'expired: with a fresh heartbeat, or without any, pending stays pending',
    async run({ store }) {
      await save(store, 'fresh', pending(ago(0)));
      await save(store, 'none', pending());
      assertEqual((await store.getSnapshot({ snapshotId: 'fresh' }))?.status, 'pending', 'fresh');
      assertEqual((await store.getSnapshot({ snapshotId: 'none' }))?.status, 'pending', 'without heartbeat');
    },
  },
  {
    title: 'expired: only pending snapshots expire',
    async run({ store }) {
      for (const value of ['completed', 'failed', 'aborted', 'paused']) {
        await save(store, value, turn(1, { status: value, heartbeatAt: LONG_DEAD }));
        assertEqual((await store.getSnapshot({ snapshotId: value }))?.status, value, 'status');
      }
    },
  },
  {
    title: 'expired: heartbeatTimeoutMs longer than the heartbeat is old keeps it pending',
    options: { heartbeatTimeoutMs: 24 * 3_600_000 },
    async run({ store }) {
      await save(store, 'a', pending(ago(3_600_000)));
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.status, 'pending', 'status');
    },
  },
  {
    title: 'expired: heartbeatTimeoutMs far shorter than the heartbeat is old expires it',
    needs: ['expiry'],
    options: { heartbeatTimeoutMs: 1_000 },
    async run({ store }) {
      await save(store, 'a', pending(ago(50_000)));
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.status, 'expired', 'status');
    },
  },
  {
    title: 'expired: mutators see the stored row',
    async run({ store }) {
      await save(store, 'a', pending(LONG_DEAD));
      await store.getSnapshot({ snapshotId: 'a' });
      assertEqual(await peek(store, 'a'), { ...pending(LONG_DEAD), snapshotId: 'a' }, 'what the mutator saw');
    },
  },
  {
    title: 'expired: a worker that comes back is believed again',
    needs: ['expiry'],
    async run({ store }) {
      await save(store, 'a', pending(LONG_DEAD));
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.status, 'expired', 'status while dead');
      await store.saveSnapshot('a', (current) =>
        current?.status === 'pending' ? { ...current, heartbeatAt: ago(0) } : null,
      );
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.status, 'pending', 'status when back');
      await save(store, 'a', turn(1));
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.status, 'completed', 'status when done');
    },
  },
  {
    title: 'expired: never persisted, even if a mutator returns it',
    needs: ['expiry'],
    async run({ store }) {
      await save(store, 'a', pending(LONG_DEAD));
      const expired = { ...pending(LONG_DEAD), status: 'expired' };
      // The contract allows both refusing it and storing `pending`.
      await save(store, 'a', expired).catch(() => undefined);
      const stored = await peek(store, 'a');
      assert(stored?.status === 'pending', `expected the stored status to be pending, is ${stored?.status}`);
    },
  },
];

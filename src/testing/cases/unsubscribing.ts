import { assertEqual } from '../assertions.js';
import { save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase, Watching } from '../session-store-case.js';
import { versions } from './watchers.js';

/** Collects reported errors, so that a watcher that throws on purpose does not fail the run. */
async function catchingReports(body: (reported: unknown[]) => Promise<void>): Promise<void> {
  const scope = globalThis as { reportError?: unknown };
  const before = Object.getOwnPropertyDescriptor(scope, 'reportError');
  const reported: unknown[] = [];
  Object.defineProperty(scope, 'reportError', {
    configurable: true,
    writable: true,
    value: (error: unknown) => void reported.push(error),
  });
  try {
    await body(reported);
  } finally {
    if (before) Object.defineProperty(scope, 'reportError', before);
    else delete scope.reportError;
  }
}

export const unsubscribing: readonly SessionStoreCase[] = [
  {
    title: 'onSnapshotStateChange: a watcher that throws hurts neither the save nor the others nor itself',
    needs: ['watching', 'independent-watchers'],
    run: ({ store, watch }) =>
      catchingReports(async () => {
        const before = watch('a');
        const throwing = watch('a', () => {
          throw new Error('watcher');
        });
        const after = watch('a');
        assertEqual(await save(store, 'a', turn(1)), 'a', 'the result of the save');
        assertEqual(await save(store, 'a', turn(2)), 'a', 'the result of the next save');
        for (const [name, { delivered }] of Object.entries({ before, throwing, after })) {
          assertEqual(versions(delivered), [1, 2], `versions delivered to the watcher ${name}`);
        }
        assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.createdAt, turn(2).createdAt, 'stored');
      }),
  },
  {
    title: 'onSnapshotStateChange: what a watcher throws is reported',
    needs: ['watching', 'watcher-errors-reported'],
    run: ({ store, watch, eventually }) =>
      catchingReports(async (reported) => {
        const error = new Error('watcher');
        watch('a', () => {
          throw error;
        });
        await save(store, 'a', turn(1)).catch(() => undefined);
        await eventually(() => reported.includes(error), 'reportError to be called with the error');
        assertEqual(reported.length, 1, 'how many errors were reported');
      }),
  },
  {
    title: 'onSnapshotStateChange: unsubscribing is final',
    needs: ['watching'],
    async run({ store, watch }) {
      const leaving = watch('a');
      const staying = watch('a');
      await save(store, 'a', turn(1));
      leaving.unsubscribe();
      await save(store, 'a', turn(2));
      assertEqual(versions(leaving.delivered), [1], 'versions after unsubscribing');
      assertEqual(versions(staying.delivered), [1, 2], 'versions of the other');
    },
  },
  {
    title: 'onSnapshotStateChange: unsubscribing at once prevents the first delivery',
    needs: ['watching', 'initial-delivery'],
    async run({ store, watch, eventually }) {
      await save(store, 'a', turn(1));
      const leaving = watch('a');
      leaving.unsubscribe();
      const staying = watch('a');
      await eventually(() => staying.delivered.length > 0, 'the other watcher to be told');
      await save(store, 'a', turn(2));
      assertEqual(leaving.delivered, [], 'delivered after unsubscribing');
    },
  },
  {
    title: 'onSnapshotStateChange: unsubscribing while a save is under way is final',
    needs: ['watching'],
    async run({ store, watch }) {
      const { delivered, unsubscribe } = watch('a');
      const saving = store.saveSnapshot('a', () => {
        unsubscribe();
        return turn(1);
      });
      await saving;
      assertEqual(delivered, [], 'delivered after unsubscribing');
    },
  },
  {
    title:
      'onSnapshotStateChange: unsubscribing from inside the callback is final, and costs nobody a delivery',
    needs: ['watching', 'independent-watchers'],
    async run({ store, watch }) {
      const leaving: Watching = watch('a', () => leaving.unsubscribe());
      const staying = watch('a');
      const stayingToo = watch('a');
      await save(store, 'a', turn(1));
      await save(store, 'a', turn(2));
      assertEqual(versions(leaving.delivered), [1], 'versions of the one that left');
      assertEqual(versions(staying.delivered), [1, 2], 'versions of the one behind it');
      assertEqual(versions(stayingToo.delivered), [1, 2], 'versions of the last');
    },
  },
  {
    title:
      'onSnapshotStateChange: a watcher unsubscribed by another one during a delivery is not called any more',
    needs: ['watching'],
    async run({ store, watch }) {
      watch('a', () => second.unsubscribe());
      const second: Watching = watch('a');
      const third = watch('a');
      await save(store, 'a', turn(1));
      assertEqual(versions(second.delivered), [], 'versions of the one sent away');
      assertEqual(versions(third.delivered), [1], 'versions of the one behind it');
    },
  },
  {
    title: 'onSnapshotStateChange: unsubscribing twice takes away nobody else’s subscription',
    needs: ['watching', 'independent-watchers'],
    async run({ store, watch }) {
      const calls: number[] = [];
      const shared = (): void => void calls.push(1);
      assertSubscribes(store);
      const first = store.onSnapshotStateChange('a', shared);
      store.onSnapshotStateChange('a', shared);
      const other = watch('a');
      first?.();
      first?.();
      first?.();
      await save(store, 'a', turn(1));
      assertEqual(calls.length, 1, 'calls of the function that subscribed twice and left once');
      assertEqual(versions(other.delivered), [1], 'versions of the other');
    },
  },
];

function assertSubscribes<T extends { onSnapshotStateChange?: unknown }>(
  store: T,
): asserts store is T & { onSnapshotStateChange: NonNullable<T['onSnapshotStateChange']> } {
  if (!store.onSnapshotStateChange) throw new Error('the store has no onSnapshotStateChange');
}

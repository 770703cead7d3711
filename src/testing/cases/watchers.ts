import type { SessionSnapshot } from '../../types/snapshot.js';
import { assert, assertEqual } from '../assertions.js';
import { save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const watching = ['watching'] as const;

/** The seconds at which the delivered versions were created; each version of a case has its own. */
export const versions = (delivered: readonly SessionSnapshot<any>[]): number[] =>
  delivered.map(({ createdAt }) => new Date(createdAt).getUTCSeconds());

export const watchers: readonly SessionStoreCase[] = [
  {
    title: 'onSnapshotStateChange: delivers what is stored, soon after subscribing',
    needs: ['watching', 'initial-delivery'],
    async run({ store, watch, eventually }) {
      await save(store, 'a', turn(1));
      const { delivered } = watch('a');
      await eventually(() => delivered.length > 0, 'the stored snapshot to be delivered');
      assertEqual(delivered, [{ ...turn(1), snapshotId: 'a' }], 'delivered');
    },
  },
  {
    title: 'onSnapshotStateChange: delivers what is stored once, and each later write once, in order',
    needs: ['watching', 'initial-delivery'],
    async run({ store, watch, eventually }) {
      await save(store, 'a', turn(1));
      const { delivered } = watch('a');
      await eventually(() => delivered.length > 0, 'the stored snapshot to be delivered');
      for (const version of [2, 3, 4]) await save(store, 'a', turn(version));
      assertEqual(versions(delivered), [1, 2, 3, 4], 'versions delivered');
    },
  },
  {
    title: 'onSnapshotStateChange: never calls back while subscribing',
    needs: watching,
    async run({ store, watch }) {
      await save(store, 'a', turn(1));
      const { delivered } = watch('a');
      assertEqual(delivered.length, 0, 'deliveries before the subscribing code went on');
    },
  },
  {
    title: 'onSnapshotStateChange: an unknown snapshot is delivered when it is saved, not before',
    needs: watching,
    async run({ store, watch }) {
      const { delivered } = watch('a');
      await save(store, 'b', turn(9, { parentId: 'a' }));
      assertEqual(delivered, [], 'delivered before the save');
      await save(store, 'a', turn(1));
      assertEqual(delivered, [{ ...turn(1), snapshotId: 'a' }], 'delivered');
    },
  },
  {
    title: 'onSnapshotStateChange: a save right after subscribing is delivered once, as the last',
    needs: watching,
    async run({ store, watch }) {
      await save(store, 'a', turn(1));
      const { delivered } = watch('a');
      await save(store, 'a', turn(2));
      // The contract does not say whether the version before it is still delivered.
      const seen = versions(delivered).filter((version) => version !== 1);
      assertEqual(seen, [2], 'versions after the first');
      await save(store, 'a', turn(3));
      assertEqual(versions(delivered).slice(-2), [2, 3], 'the last two versions');
      assertEqual(new Set(versions(delivered)).size, delivered.length, 'how many different versions');
    },
  },
  {
    title: 'onSnapshotStateChange: concurrent writes are delivered once each, in the order of their commits',
    needs: watching,
    async run({ store, watch }) {
      const { delivered } = watch('a');
      const saves = Array.from({ length: 12 }, () =>
        store.saveSnapshot('a', (current) =>
          turn((current?.state?.custom ?? 0) + 1, {
            state: { custom: (current?.state?.custom ?? 0) + 1 },
          }),
        ),
      );
      await Promise.all(saves);
      assertEqual(versions(delivered), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'versions delivered');
    },
  },
  {
    title: 'onSnapshotStateChange: writes of other snapshots are not delivered',
    needs: watching,
    async run({ store, watch }) {
      const { delivered } = watch('a');
      await save(store, 'b', turn(2));
      await save(store, 'A', turn(3, { parentId: 'a' }));
      await save(store, 'a', turn(4));
      assertEqual(versions(delivered), [4], 'versions delivered');
    },
  },
  {
    title: 'onSnapshotStateChange: saves that write nothing are not delivered',
    needs: watching,
    async run({ store, watch }) {
      const { delivered } = watch('a');
      await save(store, 'a', turn(1));
      await store.saveSnapshot('a', () => null);
      const failing = store.saveSnapshot('a', () => {
        throw new Error('mine');
      });
      await failing.catch(() => undefined);
      await save(store, 'a', turn(2));
      assertEqual(versions(delivered), [1, 2], 'versions delivered');
    },
  },
  {
    title: 'onSnapshotStateChange: saves that are refused are not delivered',
    needs: ['watching', 'session-change-refused', 'mutator-result-checked'],
    async run({ store, watch }) {
      const { delivered } = watch('a');
      await save(store, 'a', turn(1));
      const refused = [turn(2, { sessionId: 'other' }), turn(3, { state: { custom: () => 0 } }), undefined];
      await Promise.allSettled(refused.map((snapshot) => save(store, 'a', snapshot)));
      await save(store, 'a', turn(4));
      assertEqual(versions(delivered), [1, 4], 'versions delivered');
    },
  },
  {
    title: 'onSnapshotStateChange: delivers whatever the mutator left, not what it was given',
    needs: ['watching', 'session-kept', 'self-parent-repaired'],
    async run({ store, watch }) {
      await save(store, 'a', turn(1, { parentId: 'p' }));
      const { delivered } = watch('a');
      await save(store, 'a', turn(2, { sessionId: undefined, parentId: 'a' }));
      const { sessionId, parentId } = delivered.at(-1) ?? {};
      assertEqual([sessionId, parentId], ['s', 'p'], 'session and parent delivered');
    },
  },
  {
    title: 'Order: watchers have been called by the time saveSnapshot resolves, in the order they subscribed',
    needs: watching,
    async run({ store, watch }) {
      const calls: string[] = [];
      for (const name of ['first', 'second', 'third']) watch('a', () => calls.push(name));
      await save(store, 'a', turn(1));
      assertEqual(calls, ['first', 'second', 'third'], 'who was called');
    },
  },
  {
    title: 'Order: what a watcher is told can be read',
    needs: watching,
    async run({ store, watch, eventually }) {
      const reads: Promise<SessionSnapshot<any> | undefined>[] = [];
      watch('a', () => reads.push(store.getSnapshot({ snapshotId: 'a' })));
      await save(store, 'a', turn(1));
      await eventually(() => reads.length > 0, 'the watcher to be called');
      assert((await reads[0]) !== undefined, 'the snapshot was not there when its watcher was called');
    },
  },
  {
    title: 'Order: a watcher may save, and hears of it afterwards',
    needs: watching,
    async run({ store, watch, eventually }) {
      const { delivered } = watch('a', (snapshot) => {
        if (snapshot.status === 'pending') void save(store, 'a', turn(2));
      });
      await save(store, 'a', turn(1, { status: 'pending' }));
      await eventually(() => delivered.length > 1, 'the save of the watcher to be delivered');
      assertEqual(versions(delivered), [1, 2], 'versions delivered');
    },
  },
];

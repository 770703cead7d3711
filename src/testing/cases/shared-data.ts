import type { SnapshotMutator } from '../../types/snapshot.js';
import { assert, assertEqual } from '../assertions.js';
import { latest, message, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';
import { versions } from './watchers.js';

const increment: SnapshotMutator<any> = (current) => {
  const count: number = (current?.state?.custom ?? 0) + 1;
  return turn(count, { state: { custom: count } });
};

export const sharedData: readonly SessionStoreCase[] = [
  {
    title: 'Round trip: another store over the same data reads the same',
    needs: ['shared-data'],
    async run({ store, another }) {
      const saved = turn(2, { parentId: 'a', state: { messages: [message('1'), message('2')] }, extra: [1] });
      await save(store, 'a', turn(1, { state: { messages: [message('1')] } }));
      await save(store, 'b', saved);
      const other = await another();
      assertEqual(await other.getSnapshot({ snapshotId: 'b' }), { ...saved, snapshotId: 'b' }, 'by its id');
      assertEqual(await latest(other), 'b', 'latest');
    },
  },
  {
    title: 'Round trip: stores over the same data see each other’s saves at once',
    needs: ['shared-data'],
    async run({ store, another }) {
      const other = await another();
      for (let n = 1; n < 10; n += 2) {
        await save(store, `${n}`, turn(n, { parentId: `${n - 1}` }));
        assertEqual(await latest(other), `${n}`, 'latest in the other store');
        await save(other, `${n + 1}`, turn(n + 1, { parentId: `${n}` }));
        assertEqual(await latest(store), `${n + 1}`, 'latest in the first store');
      }
    },
  },
  {
    title: 'Mutator: concurrent ones of several stores each see the write before them',
    needs: ['shared-data'],
    async run({ store, another }) {
      const stores = [store, await another(), await another()];
      const saves = Array.from({ length: 30 }, (_, n) => stores[n % 3]!.saveSnapshot('a', increment));
      await Promise.all(saves);
      for (const each of stores) {
        assertEqual((await each.getSnapshot({ snapshotId: 'a' }))?.state?.custom, 30, 'increments');
      }
    },
  },
  {
    title: 'onSnapshotStateChange: writes of another store are delivered, never twice, the last one always',
    needs: ['shared-data', 'watching'],
    async run({ store, another, watch, eventually }) {
      const { delivered } = watch('a');
      const other = await another();
      for (let n = 0; n < 10; n++) await (n % 2 ? store : other).saveSnapshot('a', increment);
      await other.saveSnapshot('a', increment);
      await eventually(() => versions(delivered).at(-1) === 11, 'the last write to be delivered');
      const seen = versions(delivered);
      assertEqual(
        seen,
        [...new Set(seen)].sort((a, b) => a - b),
        'versions, without repetition and in order',
      );
      const own = seen.filter((version) => version % 2 === 0);
      assertEqual(own, [2, 4, 6, 8, 10], 'versions that its own store wrote');
    },
  },
  {
    title: 'onSnapshotStateChange: what another store saved before is delivered on subscribing',
    needs: ['shared-data', 'watching', 'initial-delivery'],
    async run({ store, another, watch, eventually }) {
      await save(store, 'a', turn(1));
      const { delivered } = watch('a', undefined, undefined, await another());
      await eventually(() => delivered.length > 0, 'the stored snapshot to be delivered');
      assertEqual(delivered, [{ ...turn(1), snapshotId: 'a' }], 'delivered');
      assert(delivered[0] !== undefined, 'nothing was delivered');
    },
  },
];

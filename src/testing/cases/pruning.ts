import type { SessionStore } from '../../types/snapshot.js';
import { assertEqual } from '../assertions.js';
import { latest, message, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

/** A turn whose state holds everything since the first second, as agents save it. */
const cumulative = (second: number, parent?: number): object =>
  turn(second, {
    ...(parent === undefined ? {} : { parentId: `${parent}` }),
    state: { messages: Array.from({ length: second + 1 }, (_, index) => message(`message ${index}`)) },
  });

async function survivors(store: SessionStore<any>, upTo: number): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n <= upTo; n++) {
    if (await store.getSnapshot({ snapshotId: `${n}` })) found.push(n);
  }
  return found;
}

export const pruning: readonly SessionStoreCase[] = [
  {
    title: 'maxPersistedChainLength: ancestors further away are deleted on save, survivors are whole',
    needs: ['pruning'],
    options: { maxPersistedChainLength: 3 },
    async run({ store }) {
      for (let n = 0; n < 3; n++) await save(store, `${n}`, cumulative(n, n - 1));
      assertEqual(await survivors(store, 2), [0, 1, 2], 'survivors of a chain of three');
      for (let n = 3; n < 8; n++) await save(store, `${n}`, cumulative(n, n - 1));
      assertEqual(await survivors(store, 7), [5, 6, 7], 'survivors of a chain of eight');
      for (const n of [5, 6, 7]) {
        const read = await store.getSnapshot({ snapshotId: `${n}` });
        assertEqual(read, { ...cumulative(n, n - 1), snapshotId: `${n}` }, `survivor ${n}`);
      }
      assertEqual(await latest(store), '7', 'latest');
    },
  },
  {
    title: 'maxPersistedChainLength: 1 keeps the newest snapshot alone',
    needs: ['pruning'],
    options: { maxPersistedChainLength: 1 },
    async run({ store }) {
      await save(store, '0', cumulative(0));
      await save(store, '1', cumulative(1, 0));
      assertEqual(await survivors(store, 1), [1], 'survivors');
      const read = await store.getSnapshot({ sessionId: 's' });
      assertEqual(read, { ...cumulative(1, 0), snapshotId: '1' }, 'the newest');
    },
  },
  {
    title: 'maxPersistedChainLength: other branches and other sessions keep what they have, whole',
    options: { maxPersistedChainLength: 3 },
    async run({ store }) {
      await save(store, '0', cumulative(0));
      await save(store, '1', cumulative(1, 0));
      await save(store, '2', cumulative(2, 0));
      await save(store, 'elsewhere', turn(0, { sessionId: 'other' }));
      for (let n = 3; n < 6; n++) await save(store, `${n}`, cumulative(n, n === 3 ? 1 : n - 1));
      const branch = await store.getSnapshot({ snapshotId: '2' });
      assertEqual(branch, { ...cumulative(2, 0), snapshotId: '2' }, 'the other branch');
      assertEqual(await latest(store, 'other'), 'elsewhere', 'latest of the other session');
      assertEqual(await latest(store), '5', 'latest');
    },
  },
  {
    title: 'maxPersistedChainLength: what is not an ancestor is not counted',
    options: { maxPersistedChainLength: 2 },
    async run({ store }) {
      for (let n = 0; n < 5; n++) await save(store, `${n}`, cumulative(n));
      assertEqual(await survivors(store, 4), [0, 1, 2, 3, 4], 'survivors of five roots');
      for (let n = 5; n < 9; n++) await save(store, `${n}`, cumulative(n, 0));
      assertEqual(await survivors(store, 8), [0, 1, 2, 3, 4, 5, 6, 7, 8], 'survivors of four branches');
    },
  },
  {
    title: 'maxPersistedChainLength: a rewrite counts its own ancestors',
    needs: ['pruning'],
    options: { maxPersistedChainLength: 2 },
    async run({ store }) {
      await save(store, '1', cumulative(1, 0));
      await save(store, '2', cumulative(2, 1));
      await save(store, '0', cumulative(0));
      assertEqual(await survivors(store, 2), [0, 1, 2], 'survivors while none was saved below its ancestors');
      await save(store, '2', cumulative(2, 1));
      assertEqual(await survivors(store, 2), [1, 2], 'survivors after the rewrite');
    },
  },
  {
    title: 'maxPersistedChainLength: a save that writes nothing deletes nothing',
    options: { maxPersistedChainLength: 1 },
    async run({ store }) {
      await save(store, '1', cumulative(1, 0));
      await save(store, '0', cumulative(0));
      await store.saveSnapshot('1', () => null);
      const failing = store.saveSnapshot('1', () => {
        throw new Error('mine');
      });
      await failing.catch(() => undefined);
      assertEqual(await survivors(store, 1), [0, 1], 'survivors');
    },
  },
  {
    title: 'Cycle: pruning one opens it, and the snapshot saved last is its leaf',
    needs: ['pruning'],
    options: { maxPersistedChainLength: 2 },
    async run({ store }) {
      await save(store, '0', cumulative(0, 2));
      await save(store, '1', cumulative(1, 0));
      await save(store, '2', cumulative(2, 1));
      assertEqual(await survivors(store, 2), [1, 2], 'survivors');
      assertEqual(await latest(store), '2', 'latest');
    },
  },
  {
    title: 'Cycle: pruning one ends, and keeps what was saved',
    options: { maxPersistedChainLength: 2 },
    async run({ store }) {
      await save(store, '0', cumulative(0, 2));
      await save(store, '1', cumulative(1, 0));
      await save(store, '2', cumulative(2, 1));
      const read = await store.getSnapshot({ snapshotId: '2' });
      assertEqual(read, { ...cumulative(2, 1), snapshotId: '2' }, 'the snapshot saved last');
    },
  },
];

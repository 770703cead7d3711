import type { SnapshotMutator } from '../../types/snapshot.js';
import { assert, assertEqual, assertRejects, rejection } from '../assertions.js';
import { latest, peek, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const increment: SnapshotMutator<any> = (current) =>
  turn(1, { state: { custom: { count: (current?.state?.custom.count ?? 0) + 1 } } });

export const mutators: readonly SessionStoreCase[] = [
  {
    title: 'Mutator: sees undefined at first, then what is stored, and is called once',
    async run({ store }) {
      const seen: unknown[] = [];
      for (const second of [1, 2]) {
        await store.saveSnapshot('a', (current) => {
          seen.push(structuredClone(current));
          return turn(second);
        });
      }
      assertEqual(seen, [undefined, { ...turn(1), snapshotId: 'a' }], 'what the mutator saw');
      assertEqual(await peek(store, 'a'), { ...turn(2), snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: 'Mutator: concurrent ones each see the write before them',
    async run({ store }) {
      await Promise.all(Array.from({ length: 25 }, () => store.saveSnapshot('a', increment)));
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.state?.custom, { count: 25 }, 'increments');
    },
  },
  {
    title: 'Mutator: of a finished and an aborted status written at once, the abort is not lost',
    async run({ store }) {
      await save(store, 'a', turn(1, { status: 'pending' }));
      await Promise.all([
        store.saveSnapshot('a', (current) => ({ ...current!, status: 'aborted' })),
        store.saveSnapshot('a', (current) => (current?.status === 'aborted' ? null : turn(1))),
      ]);
      assertEqual((await store.getSnapshot({ snapshotId: 'a' }))?.status, 'aborted', 'status');
    },
  },
  {
    title: 'Mutator: null writes nothing and resolves null',
    async run({ store }) {
      assertEqual(await store.saveSnapshot('a', () => null), null, 'the result for a new id');
      assertEqual(await store.saveSnapshot(undefined, () => null), null, 'the result without an id');
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), undefined, 'stored');
      await save(store, 'a', turn(1));
      assertEqual(await store.saveSnapshot('a', () => null), null, 'the result for a stored id');
      assertEqual(await peek(store, 'a'), { ...turn(1), snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: 'Mutator: what it throws is what the save rejects with, and nothing is written',
    async run({ store }) {
      await save(store, 'a', turn(1));
      for (const thrown of [
        new Error('mine'),
        new TypeError('typed'),
        'a string',
        { status: 7 },
        undefined,
      ]) {
        for (const snapshotId of ['a', 'new', undefined]) {
          const saving = () =>
            store.saveSnapshot(snapshotId, () => {
              throw thrown;
            });
          assert((await rejection(saving, 'throwing')) === thrown, `expected ${String(thrown)} itself`);
        }
      }
      assertEqual(await peek(store, 'a'), { ...turn(1), snapshotId: 'a' }, 'stored');
      assertEqual(await peek(store, 'new'), undefined, 'stored under the new id');
    },
  },
  {
    title: 'Mutator: one that throws does not hold up those behind it',
    async run({ store }) {
      const outcomes = await Promise.allSettled([
        store.saveSnapshot('a', increment),
        store.saveSnapshot('a', () => {
          throw new Error('mine');
        }),
        store.saveSnapshot('a', increment),
      ]);
      const statuses = outcomes.map((outcome) => outcome.status);
      assertEqual(statuses, ['fulfilled', 'rejected', 'fulfilled'], 'outcomes');
      assertEqual((await peek(store, 'a'))?.state?.custom, { count: 2 }, 'increments');
    },
  },
  {
    title: 'Mutator: one that returns neither a snapshot nor null is an error, and writes nothing',
    needs: ['mutator-result-checked'],
    async run({ store }) {
      await save(store, 'a', turn(1));
      const results: unknown[] = [
        undefined,
        'text',
        42,
        true,
        () => turn(2),
        [],
        [turn(2)],
        new Map(),
        new Date(0),
      ];
      for (const result of results) {
        for (const snapshotId of ['a', 'new', undefined]) {
          const saving = () => store.saveSnapshot(snapshotId, () => result as null);
          await assertRejects(saving, 'INVALID_ARGUMENT', `a mutator that returns ${String(result)}`);
        }
      }
      assertEqual(await peek(store, 'a'), { ...turn(1), snapshotId: 'a' }, 'stored');
      assertEqual(await peek(store, 'new'), undefined, 'stored under the new id');
      assertEqual(await latest(store), 'a', 'latest');
    },
  },
  {
    title: 'Mutator: one that returns a promise is an error, and writes nothing',
    needs: ['mutator-result-checked'],
    async run({ store }) {
      const asynchronous = (async () => turn(1)) as unknown as SnapshotMutator<any>;
      await assertRejects(() => store.saveSnapshot('a', asynchronous), 'INVALID_ARGUMENT', 'a promise');
      assertEqual(await peek(store, 'a'), undefined, 'stored');
    },
  },
];

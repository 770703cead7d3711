import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { makeKey } from '../encryption/keys.js';
import { batchesAreSequences } from './batches.js';

test('saves that share a transaction come to what they would one after the other', () =>
  fc.assert(batchesAreSequences(), { numRuns: 300 }));

test('so do those of an encrypted store', async () => {
  const key = await makeKey();
  await fc.assert(batchesAreSequences({ encryption: { key } }), { numRuns: 15 });
});

test.each(['plain', 'encrypted'])(
  'of two saves with one generated id, the first is stored: %s',
  async (kind) => {
    const options = kind === 'plain' ? {} : { encryption: { key: await makeKey() } };
    const store = openStore({ ...options, generateId: () => 'same' });
    const save = (count: number) => store.saveSnapshot(undefined, () => turn(count, { count }));
    const results = await Promise.allSettled([
      save(1),
      save(2),
      store.saveSnapshot('same', (now) => ({ ...now!, also: 3 })),
    ]);
    expect(results).toMatchObject([
      { value: 'same' },
      { reason: { status: 'ALREADY_EXISTS' } },
      { value: 'same' },
    ]);
    expect(await store.getSnapshot({ snapshotId: 'same' })).toMatchObject({ count: 1, also: 3 });
    expect(await store.check()).toMatchObject({ snapshots: 1, problems: [] });
  },
);

test('a save that chose a taken id just before is no excuse for one that generates it', async () => {
  const store = openStore({ generateId: () => 'taken' });
  await store.saveSnapshot('taken', () => turn(0, { count: 0 }));
  // Another tab, so that nobody knows that it is taken.
  const generated = store.saveSnapshot(undefined, () => turn(1, { count: 1 }));
  const chosen = store.saveSnapshot(undefined, () => turn(2, { snapshotId: 'taken', count: 2 }));
  await expect(generated).rejects.toMatchObject({ status: 'ALREADY_EXISTS' });
  expect(await chosen).toBe('taken');
  expect(await store.getSnapshot({ snapshotId: 'taken' })).toMatchObject({ count: 2 });
});

import { expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';

const circle: Record<string, unknown> = {};
circle['self'] = new Map([[circle, new Set([circle])]]);

test.each<[string, unknown]>([
  ['a BigInt', { tokens: 10n }],
  ['what contains itself', circle],
  ['a Map and a Date', new Map<unknown, unknown>([[new Date(0), { of: -0 }]])],
  ['no date', new Date(NaN)],
  ['something named toJSON', { toJSON: 1 }],
  ['a long text', 'x'.repeat(3_000_000)],
  ['a hole', Object.assign([0, 1], { length: 1000 })],
])('%s in a field and in metadata is counted, and keeps nothing from being deleted', async (_, odd) => {
  const store = openStore();
  await save(store, 'a', { ...turn(1), extra: odd });
  await store.updateSession('s', { metadata: { odd } });
  await save(store, 'b', turn(2, { sessionId: 'other' }));
  const { sessions } = await store.storage();
  expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual(['other', 's']);
  for (const { bytes } of sessions) expect(bytes).toBeGreaterThan(0);
  const { sessions: deleted, bytes } = await store.retain({ maxBytes: 1 });
  expect(deleted).toEqual(['s']);
  expect(bytes).toBeGreaterThan(0);
  expect((await store.getSnapshot({ snapshotId: 'b' }))?.snapshotId).toBe('b');
});

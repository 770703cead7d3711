import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { expectRefusal } from '../assertions/expect-refusal.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const at = (createdAt: unknown, more = {}) => ({ sessionId: 's', createdAt, ...more }) as never;

const TIMES = [
  '2026-01-31T09:00:00Z',
  '2026-01-31T09:00:00.000Z',
  '2026-01-31T09:00:00+05:45',
  '2026-01-31T09:00:00-00:00',
  '2026-01-31T09:00:00.123456789+00:00',
  `2026-01-31T09:00:00.${'1'.repeat(50)}Z`,
  '2026-01-31t09:00:00z',
  '2024-02-29T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '1969-12-31T23:59:59.999Z',
];

const NO_TIMES: [unknown, string?][] = [
  ['2026-01-31T09:00:00', "got '2026-01-31T09:00:00'"],
  ['2026-01-31'],
  ['2026-01-31 09:00:00Z'],
  ['2026-01-31T09:00Z'],
  ['2026-01-31T09:00:00+0545'],
  ['2026-01-31T09:00:00+05'],
  ['2026-01-31T09:00:00+24:00'],
  ['2026-01-31T09:00:00.Z'],
  ['2026-01-31T09:00:00,5Z'],
  ['2026-02-30T09:00:00Z'],
  ['2025-02-29T09:00:00Z'],
  ['2026-13-01T09:00:00Z'],
  ['2026-00-10T09:00:00Z'],
  ['2026-01-31T24:00:00Z'],
  ['2026-01-31T09:60:00Z'],
  ['2016-12-31T23:59:60Z'],
  ['0000-01-01T00:00:00+01:00'],
  ['9999-12-31T23:59:59-01:00'],
  ['+012026-01-31T09:00:00Z'],
  [' 2026-01-31T09:00:00Z'],
  ['2026-01-31T09:00:00Z\n'],
  ['Sat, 31 Jan 2026 09:00:00 GMT'],
  ['yesterday', "got 'yesterday'"],
  ['1767225600000'],
  [1_767_225_600_000, 'got 1767225600000'],
  [new Date(0), 'got a Date'],
  [Promise.resolve('x'), 'got a promise: await it'],
  [null, 'got null'],
  [undefined, 'got undefined'],
];

/** A file of one session with one snapshot, whose times are these. */
async function fileWith(change: (line: string) => string): Promise<ReadableStream<Uint8Array>> {
  const store = openStore();
  await store.saveSnapshot('a', () => at('2026-01-31T09:00:00Z'));
  const text = await new Response(store.exportSessions()).text();
  return new Blob([text.split('\n').map(change).join('\n')]).stream();
}

describe('times are RFC 3339 with an offset', () => {
  it.each(TIMES)('%s is kept as it is', async (time) => {
    const store = openStore();
    await store.saveSnapshot('a', () => at(time, { updatedAt: time, heartbeatAt: time }));
    const found = await store.getSnapshot({ sessionId: 's' });
    expect(found).toMatchObject({ createdAt: time, updatedAt: time, heartbeatAt: time });
    const to = openStore();
    await to.importSessions(store.exportSessions());
    expect(await to.getSnapshot({ snapshotId: 'a' })).toEqual(found);
    const file = new File([JSON.stringify({ snapshotId: 'f', createdAt: time })], 'f.json');
    expect((await to.importGenkitFiles([file])).snapshots).toBe(1);
    expect((await to.check()).problems).toEqual([]);
  });

  it.each(NO_TIMES)('%o is refused, on save and on import', async (time, came = 'got ') => {
    const store = openStore();
    for (const field of ['createdAt', 'updatedAt', 'heartbeatAt']) {
      if (field !== 'createdAt' && time === undefined) continue;
      const call = () => store.saveSnapshot('a', () => at('2026-01-31T09:00:00Z', { [field]: time }));
      const error = await expectRefusal(call, 'INVALID_ARGUMENT', field);
      expect(error.message).toContain('RFC 3339');
      expect(error.message).toContain(came);
    }
    // JSON makes a right one of a Date.
    if (time instanceof Date) return;
    const file = new File([JSON.stringify({ snapshotId: 'f', createdAt: time })], 'f.json');
    await expectRefusal(() => store.importGenkitFiles([file]), 'INVALID_ARGUMENT', 'f.json.createdAt');
    if (typeof time !== 'string') return;
    const stream = await fileWith((line) =>
      line.replace('2026-01-31T09:00:00Z', JSON.stringify(time).slice(1, -1)),
    );
    const error = await expectRefusal(() => store.importSessions(stream), 'INVALID_ARGUMENT');
    expect(error.message).toContain(came);
  });

  it('instants are compared, down to what is finer than a millisecond', async () => {
    const store = openStore();
    const root = { parentId: 'root' };
    await store.saveSnapshot('root', () => at('2026-01-01T09:00:00Z'));
    await store.saveSnapshot('late', () => at('2026-01-01T13:00:00.123457+01:00', root));
    await store.saveSnapshot('early', () => at('2026-01-01T12:00:00.123456Z', root));
    await store.saveSnapshot('earliest', () => at('2026-01-01T14:30:00.1Z'.replace('Z', '+02:30'), root));
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('late');
    expect((await store.getLeaves('s')).map(({ snapshotId }) => snapshotId)).toEqual([
      'late',
      'early',
      'earliest',
    ]);
  });
});

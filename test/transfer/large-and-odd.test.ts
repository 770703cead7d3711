import { expect, it } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { exported, sealed, streamOf, linesOf } from './files.js';

async function throughFile(custom: unknown): Promise<{ file: string; back: any }> {
  const from = openStore({ compaction: false });
  await save(from, 'a', turn(1, { state: { custom } }));
  const file = await exported(from);
  const to = openStore({ compaction: false });
  await to.importSessions(new Blob([file]));
  expect((await to.check()).problems).toEqual([]);
  return { file, back: (await to.getSnapshot({ snapshotId: 'a' }))!.state!.custom };
}

it('what is large goes in pieces, and neither side holds it as one string', async () => {
  const bytes = Uint8Array.from({ length: 1_500_000 }, (_, i) => i * 7);
  const text = '"\ud83d\ude00\\'.repeat(300_000);
  const many = Array.from({ length: 60_000 }, (_, i) => ({ i, text: 'x'.repeat(20) }));
  const { file, back } = await throughFile({ blob: new Blob([bytes]), buffer: bytes.buffer, text, many });
  const longest = linesOf(file).reduce((most, line) => Math.max(most, JSON.stringify(line).length), 0);
  expect(longest).toBeLessThan(1_000_000);
  expect(back.text === text).toBe(true);
  expect(JSON.stringify(back.many) === JSON.stringify(many)).toBe(true);
  const isSame = (buffer: ArrayBuffer) => new Uint8Array(buffer).every((byte, i) => byte === bytes[i]);
  expect(isSame(back.buffer) && back.buffer.byteLength === bytes.length).toBe(true);
  expect(isSame(await back.blob.arrayBuffer()) && back.blob.size === bytes.length).toBe(true);
});

it('keys that change prototypes elsewhere are data', async () => {
  const custom: unknown = JSON.parse(
    '{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}},"toJSON":"a","length":7,"in":[{"__proto__":null}]}',
  );
  const { back } = await throughFile(custom);
  expect(JSON.stringify(back)).toBe(JSON.stringify(custom));
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(({} as any).x).toBeUndefined();
});

it('errors with causes, arrays with properties, and buffers that two views share, come back', async () => {
  const error: Error & { cause?: unknown } = new RangeError('far');
  const list: unknown[] & { of?: unknown } = [1];
  list.of = error;
  // An error that leads back to itself is more than V8 can clone.
  error.cause = new Map([['list', [1]]]);
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const { back } = await throughFile({ error, list, views: [bytes, new DataView(bytes.buffer, 1, 2)] });
  expect(back.error.cause).toEqual(error.cause);
  expect(back.list.of).toBe(back.error);
  expect(back.views[1].buffer).toBe(back.views[0].buffer);
});

const T = '2026-01-01T00:00:00.000Z';
const whole = (...lines: object[]) =>
  sealed([
    { type: 'header', format: 'offshoot', version: 1, exportedAt: T },
    { type: 'session', sessionId: 's', createdAt: T, updatedAt: T },
    ...lines,
    { type: 'session-end' },
    { type: 'end' },
  ]);
const snapshot = (spans: number[]) => ({
  type: 'snapshot',
  snapshotId: 'a',
  info: { json: { sessionId: 's', createdAt: T } },
  fields: [['messages', 'array', spans]],
});
const range = <R>(length: number, make: (i: number) => R) => Array.from({ length }, (_, i) => make(i));
const entry = (at: number, json: unknown, more = {}) => ({
  type: 'entry',
  log: 0,
  at,
  value: { json },
  ...more,
});

it.each<[string, number, () => string]>([
  [
    'places of media',
    20_000,
    () =>
      whole(
        entry(0, Array(20_000).fill(null), { media: range(20_000, (i) => [[String(i)], 1, 0]) }),
        { type: 'entry', log: 1, at: 0, value: { json: 'data:,x' } },
        snapshot([0, 0, 1]),
      ),
  ],
  ['spans', 20_000, () => whole(entry(0, 1), snapshot(range(20_000, () => [0, 0, 1]).flat()))],
  ['parts of a value', 50_000, () => whole(entry(0, Array(50_000).fill(0)), snapshot([0, 0, 1]))],
  [
    'entries with gaps between them',
    5_000,
    () => whole(...range(5_000, (i) => entry(3 * i, i)), snapshot(range(5_000, (i) => [0, 3 * i, 1]).flat())),
  ],
])('a signal is looked at in time while there are many %s, and ends it', async (_, units, make) => {
  const file = make();
  const { signal } = new AbortController();
  let looks = 0;
  Object.defineProperty(signal, 'aborted', { get: () => (looks++, false) });
  const store = openStore({ compaction: false });
  await store.importSessions(streamOf(file, 1_000_000), { signal });
  expect(looks).toBeGreaterThan(units / 1000);
  expect(looks * 1000, 'no more work than a file of its size is worth').toBeLessThan(
    40 * file.length + 100_000,
  );
  expect((await store.check()).problems).toEqual([]);
  expect((await store.getSnapshot({ snapshotId: 'a' }))?.state?.messages?.length).toBeGreaterThan(0);
  await store.deleteSession('s');

  const stopped = new AbortController();
  const isStopped = store.importSessions(streamOf(file, 1_000_000), { signal: stopped.signal });
  stopped.abort(new Error('enough'));
  await expect(isStopped).rejects.toThrow('enough');
  expect(await store.check()).toMatchObject({ snapshots: 0, problems: [] });
});

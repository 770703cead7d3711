import { expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';

const range = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));

/** The same numbers every time, and no pattern in them. */
const fraction = (i: number, seed = 0) => Math.abs(Math.sin(i * 12.9898 + seed) * 43758.5453) % 1;

const shuffled = (n: number) => range(n, (i) => i).sort((a, b) => fraction(a) - fraction(b));

/** What a turn has, and the next one. */
const cases: Record<string, (n: number) => [unknown[], unknown[]]> = {
  'fractions, all new': (n) => [range(n, fraction), range(n, (i) => fraction(i, 1))],
  'fractions, the same': (n) => [range(n, fraction), range(n, fraction)],
  'flags, thrown again': (n) => [range(n, (i) => fraction(i) < 0.5), range(n, (i) => fraction(i, 1) < 0.5)],
  'equal objects, one less': (n) => [range(n, () => ({ a: 1 })), range(n - 1, () => ({ a: 1 }))],
  'objects of a fraction': (n) => [
    range(n, (i) => ({ score: fraction(i) })),
    range(n, (i) => ({ score: fraction(i, 1) })),
  ],
  'dates, all later': (n) => [range(n, (i) => new Date(i)), range(n, (i) => new Date(i + 0.5 * n))],
  'dates, all new': (n) => [range(n, (i) => new Date(i)), range(n, (i) => new Date(-i))],
  'strings, all new': (n) => [range(n, (i) => `a${i}`), range(n, (i) => `b${i}`)],
  'nulls, more of them': (n) => [range(n, () => null), range(n + 50, () => null)],
  'a pattern that begins later': (n) => [range(n, (i) => i % 2), range(n, (i) => (i + 1) % 2)],
  'a window that slides': (n) => [range(n, (i) => ({ i })), range(n, (i) => ({ i: i + 50 }))],
  'one in the middle': (n) => [
    range(n, (i) => ({ i })),
    range(n, (i) => ({ i })).toSpliced(n / 2, 0, { i: -1 }),
  ],
  'another order': (n) => [range(n, (i) => ({ i })), shuffled(n).map((i) => ({ i }))],
  'the reverse': (n) => [range(n, (i) => ({ i })), range(n, (i) => ({ i })).reverse()],
  'all the other way round, of few': (n) => [range(n, (i) => i % 7), range(n, (i) => i % 7).reverse()],
  'maps of one size': (n) => [range(n, (i) => new Map([[i, i]])), range(n, (i) => new Map([[i, -i]]))],
  'objects that differ late': (n) => [
    range(n, (i) => ({ all: [...range(30, String), i] })),
    range(n, (i) => ({ all: [...range(30, String), -i] })),
  ],
  'keys in another order': (n) => [range(n, (i) => ({ i, a: 1 })), range(n, (i) => ({ a: 1, i }))],
};

/** How often the store looks at an element, or at a property of one, when the next turn is saved. */
async function looks(name: string, n: number, field: string): Promise<number> {
  const [first, next] = cases[name]!(n);
  let count = 0;
  const counted = (value: unknown): unknown => {
    const isOpaque =
      typeof value !== 'object' || value === null || value instanceof Date || value instanceof Map;
    if (isOpaque) return value;
    return new Proxy(value, {
      get: (target, key) => {
        count++;
        return Reflect.get(target, key);
      },
    });
  };
  const store = openStore({ compaction: false });
  await save(store, 'a', turn(0, { state: { [field]: first } }));
  await save(store, 'b', turn(1, { parentId: 'a', state: { [field]: counted(next.map(counted)) } }));
  expect((await store.getSnapshot({ snapshotId: 'b' }))!.state).toEqual({ [field]: next });
  return count;
}

test.each(Object.keys(cases))('twice as many elements are twice the work: %s', async (name) => {
  const [few, many] = [await looks(name, 400, 'list'), await looks(name, 800, 'list')];
  expect(many).toBeLessThan(2.2 * few + 200);
  expect(many).toBeLessThan(800 * 60);
});

test('as messages and artifacts, too', async () => {
  for (const field of ['messages', 'artifacts']) {
    const [few, many] = [await looks('another order', 200, field), await looks('another order', 400, field)];
    expect(many).toBeLessThan(2.2 * few + 200);
  }
});

test('a value of 300,000 objects is stored once, and its change once', async () => {
  const store = openStore({ compaction: false });
  const custom = { rows: range(100_000, (i) => ({ i, cell: { v: [] } })) };
  await save(store, 'a', turn(0, { state: { custom } }));
  await save(store, 'b', turn(1, { parentId: 'a', state: { custom } }));
  expect((await store.check()).entries).toBe(1);
  custom.rows[99_999]!.i = -1;
  await save(store, 'c', turn(2, { parentId: 'b', state: { custom } }));
  expect((await store.check()).entries).toBe(2);
});

test('a value nested as deep as can be stored is stored once', async () => {
  const store = openStore({ compaction: false });
  const custom = range(1500, String).reduce<object>((next, text) => ({ text, next }), {});
  await save(store, 'a', turn(0, { state: { custom } }));
  await save(store, 'b', turn(1, { parentId: 'a', state: { custom } }));
  expect((await store.check()).entries).toBe(1);
});

test('many media, in one message and in many, are stored once', async () => {
  const store = openStore({ compaction: false });
  const image = (i: number) => new Uint8Array(9000).fill(i % 200, 8000);
  const messages = range(300, (i) => ({ image: image(i) }));
  const all = { images: range(300, image) };
  await save(store, 'a', turn(0, { state: { messages: [...messages, all] } }));
  await save(
    store,
    'b',
    turn(1, { parentId: 'a', state: { messages: [all, ...messages, { again: image(1) }] } }),
  );
  const report = await store.check();
  expect(report.problems).toEqual([]);
  expect(report.entries).toBe(301 + 200 + 1);
});

import fc from 'fast-check';
import { expect } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { value as anyValue } from '../transfer/arbitrary-values.js';
import { observe } from './observe.js';

class Point {
  constructor(
    readonly x: unknown,
    readonly y: unknown,
  ) {}
}

const without = (value: object) => Object.assign(Object.create(null), value);
const withHole = (part: unknown) => Object.assign(Array<unknown>(2), { 1: part });
const bytes = (...content: number[]) => Uint8Array.of(...content);
const within = (length: number, from: number, count: number) =>
  new Uint8Array(new ArrayBuffer(length), from, count);
const named = (name: string) => Object.assign(new Error('same'), { name });
const used = (pattern: RegExp) => (pattern.test('aa'), pattern);

/** Two values that are the same but for one thing, around parts that are given. */
type Pair = (part: unknown, other: unknown) => [unknown, unknown];

const twice = (make: () => object): Pair => {
  return (part) => {
    const one = make();
    return [
      { part, a: one, b: one },
      { part, a: make(), b: make() },
    ];
  };
};

const shared = new ArrayBuffer(8);

export const pairs: Record<string, Pair> = {
  'order of keys': (a, b) => [
    { a, b },
    { b, a },
  ],
  'order in a map': (a, b) => [
    new Map([
      ['a', a],
      ['b', b],
    ]),
    new Map([
      ['b', b],
      ['a', a],
    ]),
  ],
  'order in a set': (a) => [new Set([1, [a]]), new Set([[a], 1])],
  'an object that comes twice': twice(() => ({ x: 1 })),
  'an array that comes twice': twice(() => []),
  'a date that comes twice': twice(() => new Date(5)),
  'a map that comes twice': twice(() => new Map([[1, 2]])),
  'a boxed value that comes twice': twice(() => Object(1)),
  'a view that comes twice': twice(() => bytes(1, 2)),
  'a buffer that comes twice': twice(() => new ArrayBuffer(3)),
  'an error that comes twice': twice(() => new TypeError('no')),
  'which of two comes twice': () => {
    const [one, other] = [{ x: 1 }, { x: 1 }];
    return [
      [one, one, other],
      [one, other, other],
    ];
  },
  'a key of a map that is elsewhere': () => {
    const key = { k: 1 };
    return [
      { map: new Map([[key, 1]]), key },
      { map: new Map([[{ k: 1 }, 1]]), key },
    ];
  },
  'a member of a set that is elsewhere': () => {
    const key = { k: 1 };
    return [
      { set: new Set([key]), key },
      { set: new Set([{ k: 1 }]), key },
    ];
  },
  'the cause of an error that is elsewhere': () => {
    const cause = { k: 1 };
    return [
      { error: new Error('a', { cause }), cause },
      { error: new Error('a', { cause: { k: 1 } }), cause },
    ];
  },
  'what lies in an instance and elsewhere': (part) => {
    const x = { k: 1 };
    return [
      [new Point(x, part), x],
      [new Point({ k: 1 }, part), x],
    ];
  },
  'what lies in an array with holes and elsewhere': () => {
    const x = { k: 1 };
    return [
      [withHole(x), x],
      [withHole({ k: 1 }), x],
    ];
  },
  'a circle and a longer one': (part) => {
    const short: Record<string, unknown> = { part };
    short['next'] = short;
    const long: Record<string, unknown> = { part };
    long['next'] = { part, next: long };
    return [short, long];
  },
  'two views on one buffer': () => [
    { a: new Uint8Array(shared, 0, 4), b: new Uint8Array(shared, 4) },
    { a: within(8, 0, 4), b: within(8, 4, 4) },
  ],
  'a buffer and a view on it': () => [
    { a: shared, b: new Uint8Array(shared) },
    { a: shared, b: new Uint8Array(8) },
  ],
  'where a view begins': () => [within(8, 0, 4), within(8, 4, 4)],
  'how long a view is': () => [within(8, 0, 4), within(8, 0, 5)],
  'how large the buffer of a view is': () => [within(8, 0, 4), within(9, 0, 4)],
  'what lies beside a view': () => [bytes(1, 2, 3).subarray(0, 2), bytes(1, 2, 4).subarray(0, 2)],
  'what sort of view it is': () => [bytes(1, 2), new Uint8ClampedArray([1, 2])],
  'whether a buffer can grow': () => [
    { buffer: Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]) },
    { buffer: new ArrayBuffer(4) },
  ],
  'how far a buffer can grow': () => [
    Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]),
    Reflect.construct(ArrayBuffer, [4, { maxByteLength: 9 }]),
  ],
  'the sign of zero': () => [0, -0],
  'the sign of a zero in a map': () => [new Map([[1, 0]]), new Map([[1, -0]])],
  'a hole': (part) => [withHole(part), [undefined, part]],
  'a property of an array': (part) => [Object.assign([part], { x: 1 }), [part]],
  'the length of an array of holes': () => [Array(2), Array(3)],
  'a property that is undefined': (part) => [{ part, x: undefined }, { part }],
  'an index of an array, and a property of an object': (part) => [[part], { 0: part }],
  'a date that is none': () => [new Date(NaN), new Date(0)],
  'what an error is called': () => [new TypeError('same'), new Error('same')],
  'the source of a pattern': () => [/a/, /b/],
  'the flags of a pattern': () => [/a/, /a/i],
  'a boxed value': () => [Object(1), 1],
  'what is boxed': () => [Object('a'), Object('b')],
  NaN: () => [NaN, null],
  'lone surrogates': () => ['\ud800', '\ud801'],
  'normal forms': () => ['é', 'e\u0301'],
  'a big integer': () => [1n, 1],
  'a key named __proto__': (part) => [JSON.parse('{"__proto__":{"x":1}}'), { part }],
  'a key named constructor': () => [{ constructor: 1 }, {}],
};

/** Pairs that nobody can tell apart once they are cloned. */
export const alike: Record<string, Pair> = {
  'an instance': (a, b) => [new Point(a, b), { x: a, y: b }],
  'no prototype': (a, b) => [without({ a, b }), { a, b }],
  'keys that are symbols': (part) => [{ part, [Symbol('s')]: 1 }, { part }],
  'order of keys that look like numbers': (a, b) => [
    { a, 1: b },
    { 1: b, a },
  ],
  'what an error calls itself': () => [named('RangeError'), named('Error')],
  'where a pattern was used last': () => [used(/a/g), /a/g],
  'a getter': (part) => [
    {
      get x() {
        return part;
      },
    },
    { x: part },
  ],
};

/** Where in a value the two differ. */
type Around = (value: unknown) => unknown;

const arounds: readonly Around[] = [
  (value) => value,
  (value) => ({ deep: { deeper: [1, { value }] } }),
  (value) => [1, [value], 2],
  (value) => new Map([['key', value]]),
  (value) => ({ before: Array.from({ length: 30 }, (_, n) => ({ n })), value }),
  (value) => {
    const before = { x: 1 };
    return { before, again: before, value };
  },
];

const pad = 'p'.repeat(600);

export const around = fc.constantFrom(...arounds);
export const part = anyValue;

/** What is saved upon something like it reads, in a store that knows nothing, as if it had been cloned alone. */
export async function expectTellable(base: unknown, next: unknown): Promise<void> {
  const name = freshName();
  const store = openStore({ name, compaction: false });
  const state = (value: unknown) => ({
    custom: { pad, value },
    list: [{ pad, value }, pad],
    bare: [value, pad],
  });
  const wanted = observeState(structuredClone(state(next)));
  await save(store, 'parent', turn(0, { state: state(base) }));
  await save(store, 'child', turn(1, { parentId: 'parent', state: state(next) }));
  await save(store, 'again', turn(2, { state: state(base) }));
  await save(store, 'again', turn(2, { state: state(next) }));
  const fresh = openStore({ name, compaction: false });
  for (const [reader, snapshotId] of [
    [store, 'child'],
    [fresh, 'child'],
    [fresh, 'again'],
  ] as const) {
    expect(observeState((await reader.getSnapshot({ snapshotId }))!.state as never)).toEqual(wanted);
  }
}

/** Each field, or element of one, for itself: between them each place has a copy of its own. */
function observeState({
  custom,
  list,
  bare,
}: {
  custom: unknown;
  list: unknown[];
  bare: unknown[];
}): string[] {
  return [custom, ...list, ...bare].map((each) => observe(each));
}

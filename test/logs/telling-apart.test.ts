import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observe } from './observe.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { alike, around, expectTellable, pairs, part } from './telling-apart.js';

const RUNS = { numRuns: 8 };

describe.each(Object.entries(pairs))('%s', (_, pair) => {
  test('can be observed', () => {
    const [one, other] = pair({ x: 1 }, 'b').map((value) => observe(structuredClone(value)));
    expect(one).not.toBe(other);
  });

  test('is kept in what is saved upon its like, both ways', () =>
    fc.assert(
      fc.asyncProperty(around, part, part, async (place, a, b) => {
        const [one, other] = pair(a, b);
        await expectTellable(place(one), place(other));
        await expectTellable(place(other), place(one));
      }),
      RUNS,
    ));
});

test.each(Object.entries(alike))('%s makes no difference to structured clone, nor to the store', (_, pair) =>
  fc.assert(
    fc.asyncProperty(around, part, part, async (place, a, b) => {
      const [one, other] = pair(a, b);
      await expectTellable(place(one), place(other));
      await expectTellable(place(other), place(one));
    }),
    RUNS,
  ),
);

test('any value is kept in what is saved upon any other', () =>
  fc.assert(
    fc.asyncProperty(around, part, part, async (place, a, b) => expectTellable(place(a), place([a, b]))),
    { numRuns: 100 },
  ));

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'large', withCrossShrink: true },
    fc.constantFrom(1, 'a', null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('tree'), { maxKeys: 3 }),
  ),
}));

/** The same content, where one object stands in the places of some that are equal. */
function merged(value: unknown, isMerged: () => boolean, known = new Map<string, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) => [key, merged(part, isMerged, known)] as const);
  const copy = Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
  const content = JSON.stringify(value);
  if (known.has(content) && isMerged()) return known.get(content);
  known.set(content, copy);
  return copy;
}

test('one object in the places of several that are equal is told apart from them', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(tree, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(fc.boolean()),
      async (several, answers) => {
        const isMerged = () => answers.next().value as boolean;
        await expectTellable({ several }, { several: merged(several, isMerged) });
        await expectTellable({ several: merged(several, isMerged) }, { several });
      },
    ),
    { numRuns: 200 },
  ));

/** What throws when it is read, in the place of what was stored. */
const throwing: Record<string, () => unknown> = {
  'a getter': () => ({
    get x(): never {
      throw new Error('mine');
    },
  }),
  'a proxy that was revoked': () => {
    const { proxy, revoke } = Proxy.revocable({ x: 1 }, {});
    revoke();
    return proxy;
  },
};

// Of the beginning only is read before it is compared.
const pad = 'p'.repeat(600);

test.each(Object.entries(throwing))(
  '%s that throws while it is compared fails its own save and none after it, of any store',
  async (_, make) => {
    for (const beside of [1, new Date(5), new Map([[1, { x: 1 }]])]) {
      const state = (part: unknown) => ({ messages: [{ pad, beside, deep: { part } }, pad] as never });
      const stores = [openStore(), openStore()];
      for (const store of stores) await save(store, 'a', turn(0, { state: state({ x: 1 }) }));
      await expect(save(stores[0]!, 'a', turn(1, { state: state(make()) }))).rejects.toMatchObject({
        status: 'INVALID_ARGUMENT',
        path: expect.stringContaining('messages.0.deep.part'),
      });
      for (const store of stores) {
        await save(store, 'a', turn(2, { state: state({ x: 2 }) }));
        expect((await store.getSnapshot({ snapshotId: 'a' }))!.state).toEqual(state({ x: 2 }));
      }
    }
  },
);

test.each(['inside and beside it', 'twice'])(
  'what was read frozen, and an object %s that is the same or another one, are told apart',
  async (how) => {
    const store = openStore({ frozen: true, compaction: false });
    // As many places as make an object of the same content, or that object itself.
    const around = (outer: { inner: object }, other: object) =>
      how === 'twice' ? [outer, outer.inner, other] : [outer, other];
    for (const wasShared of [true, false]) {
      const outer = { pad, inner: { x: 1 } };
      const before = around(outer, wasShared ? outer.inner : { x: 1 });
      await save(store, 'a', turn(0, { state: { messages: [{ parts: before }] } }));
      const read: any = (await store.getSnapshot({ snapshotId: 'a' }))!.state!.messages![0];
      const [known] = read.parts;
      for (const isShared of [true, false]) {
        const parts = around(known, isShared ? known.inner : { x: 1 });
        await save(store, 'b', turn(1, { parentId: 'a', state: { messages: [{ parts }] } }));
        const found: any = (await store.getSnapshot({ snapshotId: 'b' }))!.state!.messages![0];
        expect(observe(found.parts)).toBe(observe(structuredClone(parts)));
      }
    }
  },
);

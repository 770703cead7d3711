import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observe } from './observe.js';
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

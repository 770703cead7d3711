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

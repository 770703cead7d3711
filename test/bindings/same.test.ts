import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { same } from '../../src/bindings/same.js';
import { observe } from '../logs/observe.js';
import { around, pairs, part } from '../logs/telling-apart.js';

describe('what a component was given stays', () => {
  test.each(Object.entries(pairs))('unless it can be told apart by: %s', (_, pair) =>
    fc.assert(
      fc.property(around, part, part, (place, a, b) => {
        const [one, other] = structuredClone(pair(a, b).map(place));
        expect(same(one, other)).toBe(false);
        expect(same(other, one)).toBe(false);
      }),
      { numRuns: 20 },
    ),
  );

  test.each(Object.keys(pairs))('if what is read again is the same, with: %s', (name) => {
    const isOpaque = /error|pattern|boxed|grow/.test(name);
    for (const which of [0, 1]) {
      const read = () => structuredClone(pairs[name]!({ x: 1 }, 'b')[which]);
      expect(same(read(), read()) || isOpaque).toBe(true);
    }
  });

  test('only if it is the same in every way, whatever it is', () =>
    fc.assert(
      fc.property(around, part, part, (place, a, b) => {
        const [one, other] = [structuredClone(place(a)), structuredClone(place(b))];
        if (same(one, other)) expect(observe(one)).toBe(observe(other));
      }),
    ));

  test('however deep it is', () => {
    const list = () => Array.from({ length: 50_000 }).reduce<unknown>((next, _, n) => ({ n, next }), null);
    expect(same(list(), list())).toBe(true);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Steps } from '../../src/database/pace.js';
import { gathering, merging, removing, type Run } from '../../src/logs/runs.js';

/** The result, and in how many steps it was made. */
function counted<T>(steps: Steps<T>): { result: T; pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const { done, value } = steps.next();
    if (done) return { result: value, pauses };
  }
}

const positionsOf = (runs: readonly Run[]) =>
  new Set(runs.flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n)));

/** Many, so that they are merged by parts. */
const runs = fc
  .array(fc.tuple(fc.nat(3_000), fc.integer({ min: 1, max: 4 })), { maxLength: 2_500, size: 'max' })
  .map((all) => all.map(([from, count]): Run => [from, from + count]));

test('runs that are merged are sorted, apart, and the same positions; and those of others are taken out', () => {
  fc.assert(
    fc.property(runs, runs, (some, others) => {
      const [one, other] = [counted(merging(some)).result, counted(merging(others)).result];
      for (const [index, [from, to]] of one.entries()) {
        expect(from).toBeLessThan(to);
        if (index > 0) expect(one[index - 1]![1]).toBeLessThan(from);
      }
      expect(positionsOf(one)).toEqual(positionsOf(some));
      const left = positionsOf(counted(removing(one, other)).result);
      const gone = positionsOf(others);
      expect(left).toEqual(new Set([...positionsOf(some)].filter((at) => !gone.has(at))));
    }),
    { numRuns: 30 },
  );
});

test('two hundred thousand of them, of one snapshot, are gone through with a pause for every thousand at least', () => {
  const count = 200_000;
  const spans = Array.from({ length: 3 * count }, (_, n) =>
    n % 3 === 0 ? 1 : n % 3 === 1 ? 3 * (count - n) : 1,
  );
  const gathered = counted(gathering([spans]));
  const all = gathered.result.get(1)!;
  const sorted = counted(merging(all));
  expect(sorted.result).toHaveLength(count);
  const left = counted(removing(sorted.result, sorted.result.slice(0, 10)));
  expect(left.result).toHaveLength(count - 10);
  for (const { pauses } of [gathered, sorted, left]) expect(pauses).toBeGreaterThanOrEqual(count / 1_000);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommitGaps, type Stretch } from '../../src/tabs/catch-up.js';

/** What a tab may come to know: a message, or the clock as it read it. */
type News = Stretch | { clock: number };

/** The clock's readings, from before the first commit to the last one. A commit may advance it by several. */
const readings = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }).map((steps) => {
  const clocks = [100];
  for (const step of steps) clocks.push(clocks.at(-1)! + step);
  return clocks;
});

/** Any of the news that there are of these commits: in any order, some twice, some never. */
const newsOf = (clocks: number[]): fc.Arbitrary<News[]> => {
  const stretches = clocks.slice(1).map((version, n) => ({ since: clocks[n]!, version }));
  const news = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...stretches) },
    { weight: 1, arbitrary: fc.record({ clock: fc.constantFrom(...clocks) }) },
  );
  return fc.array(news, { maxLength: 30 });
};

/** What is known of the commits, found in the plainest way. */
function known(news: readonly News[]): { upTo: number | undefined; isMissing: boolean } {
  const clocks = news.flatMap((each) => ('clock' in each ? each.clock : []));
  const stretches = news.flatMap((each) => ('clock' in each ? [] : each));
  if (clocks.length === 0) return { upTo: undefined, isMissing: false };
  let upTo = Math.max(...clocks);
  for (let next: Stretch | undefined; ; upTo = next.version) {
    next = stretches.find(({ since, version }) => since <= upTo && version > upTo);
    if (!next) return { upTo, isMissing: stretches.some(({ since }) => since > upTo) };
  }
}

function hear(news: readonly News[]): CommitGaps {
  const heard = new CommitGaps();
  for (const each of news) {
    if ('clock' in each) heard.catchUp(each.clock);
    else heard.add(each);
  }
  return heard;
}

// Far beyond what the runs take: a timeout would hide the counterexample.
const timeout = 60_000;

describe('whatever is heard of a chain of commits, in any order, some of it twice, some of it never', () => {
  test('it is known up to where, and whether anything before what was heard is missing', { timeout }, () => {
    const cases = readings.chain((clocks) => newsOf(clocks));
    const property = fc.property(cases, (news) => {
      const { upTo, isMissing } = hear(news);
      expect({ upTo, isMissing }).toEqual(known(news));
    });
    fc.assert(property, { seed: 4, numRuns: 3_000 });
  });

  test('once all of it was heard, nothing is missing', { timeout }, () => {
    const cases = readings.chain((clocks) => {
      const all = clocks.slice(1).map((version, n): News => ({ since: clocks[n]!, version }));
      const shuffled = fc.shuffledSubarray([...all, ...all, { clock: clocks[0]! }], {
        minLength: 2 * all.length + 1,
      });
      return fc.tuple(shuffled, fc.constant(clocks.at(-1)));
    });
    const property = fc.property(cases, ([news, last]) => {
      const { upTo, isMissing } = hear(news);
      expect({ upTo, isMissing }).toEqual({ upTo: last, isMissing: false });
    });
    fc.assert(property, { seed: 4, numRuns: 1_000 });
  });
});

test('as long as it is not known where to begin, nothing is missing', () => {
  const heard = hear([{ since: 7, version: 9 }]);
  expect(heard.upTo).toBeUndefined();
  expect(heard.isMissing).toBe(false);
  heard.catchUp(5);
  expect(heard.isMissing).toBe(true);
});

test('an older reading of the clock takes nothing back', () => {
  const heard = hear([{ clock: 5 }, { since: 5, version: 6 }, { clock: 5 }]);
  expect(heard.upTo).toBe(6);
});

test('the first commit of a database that was made anew leaves no hole', () => {
  const heard = hear([{ clock: 5 }, { since: 0, version: 1_000 }]);
  expect(heard.upTo).toBe(1_000);
  expect(heard.isMissing).toBe(false);
});

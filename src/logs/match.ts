import { copy } from '../values/clone.js';
import type { Entry } from './entry.js';
import { equal } from '../values/deep-equal.js';
import { isDeeplyFrozen } from '../values/frozen.js';
import { Lookalikes } from './lookalikes.js';

export interface Matched {
  /** How many values equal the first entries of the base, in order. */
  same: number;
  /** For each of the other values, the entry that it equals. */
  others: (Entry | undefined)[];
  /** How many runs of the base these entries are from. */
  runs: number;
}

/**
 * Finds for every value the entry of the base that equals it, if any. Handles arrays that were appended to, cut at the
 * front, edited, or had elements removed. Each value is compared a limited number of times.
 */
export function match(base: readonly Entry[], values: readonly unknown[]): Matched {
  // Copies of instances, to be compared as they would be stored.
  const copies: unknown[] = [];
  const isSame = (at: number, index: number): boolean => {
    const entry = base[at];
    if (!entry) return false;
    const { value, isPlain, twin } = entry;
    const given = values[index];
    // Entries are private unless they were given out frozen.
    if (typeof given === 'object' && (given === twin || given === value)) return true;
    const result = equal(value, copies[index] ?? given, isPlain);
    const isEqual = result ?? equal(value, (copies[index] ??= copy(given)), isPlain) ?? false;
    if (isEqual && isDeeplyFrozen(given)) entry.twin = given;
    return isEqual;
  };
  let same = 0;
  while (same < values.length && isSame(same, same)) same++;
  const others: (Entry | undefined)[] = [];
  let next = same;
  let runs = 1;
  let lookalikes: Lookalikes | undefined;
  for (let index = same; index < values.length; index++) {
    if (!isSame(next, index)) {
      // After all entries of the base, everything is new.
      const isAppended = runs === 1 && next === base.length;
      const found = isAppended
        ? undefined
        : (lookalikes ??= new Lookalikes(base)).indexOf(values[index], next, (at) => isSame(at, index));
      if (found === undefined) {
        others.push(undefined);
        continue;
      }
      next = found;
      runs++;
    }
    others.push(base[next++]);
  }
  return { same, others, runs };
}

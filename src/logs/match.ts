import type { Entry } from './entry.js';
import { equal } from './equal.js';

/** How many equal-looking candidates are compared before a value counts as new. */
const CANDIDATES = 8;

export interface Matched {
  /** How many values are the first entries of the base, one after the other. */
  same: number;
  /** For each of the other values the entry that it equals. */
  others: (Entry | undefined)[];
  /** How many runs of the base they come from. */
  runs: number;
}

/**
 * Finds for every value the entry of the base that it provably equals, if any: runs that were appended to, cut at
 * the front, edited, or left over between removals.
 */
export function match(base: readonly Entry[], values: readonly unknown[]): Matched {
  let same = 0;
  while (same < base.length && same < values.length && isSame(base[same]!, values[same])) same++;
  const others: (Entry | undefined)[] = [];
  let next = same;
  let runs = 1;
  let places: Map<number, number[]> | undefined;
  for (const value of values.slice(same)) {
    const expected = base[next];
    if (expected && isSame(expected, value)) {
      others.push(expected);
      next++;
      continue;
    }
    // Past the end of the base everything is new.
    places ??= expected && placesByPrint(base);
    const found = expected && findElsewhere(base, next, places!, value);
    others.push(found === undefined ? undefined : base[found]);
    if (found === undefined) continue;
    next = found + 1;
    runs++;
  }
  return { same, others, runs };
}

function isSame(entry: Entry, value: unknown): boolean {
  return equal(entry.value, value, entry.isPlain);
}

function findElsewhere(
  base: readonly Entry[],
  next: number,
  places: Map<number, number[]>,
  value: unknown,
): number | undefined {
  const candidates = (places.get(fingerprint(value)) ?? []).filter((index) => index !== next);
  // What comes later is the likelier: histories lose from the front and in the middle.
  const ahead = candidates.filter((index) => index > next);
  return [...ahead, ...candidates].slice(0, CANDIDATES).find((index) => isSame(base[index]!, value));
}

const prints = new WeakMap<Entry, number>();

function placesByPrint(base: readonly Entry[]): Map<number, number[]> {
  const places = new Map<number, number[]>();
  base.forEach((entry, index) => {
    const print = prints.get(entry) ?? fingerprint(entry.value);
    prints.set(entry, print);
    const known = places.get(print);
    if (known) known.push(index);
    else places.set(print, [index]);
  });
  return places;
}

/** Different for most different values, the same for all equal ones. Only a hint where to look. */
function fingerprint(value: unknown, effort = { left: 500 }): number {
  if (typeof value === 'string') {
    let hash = value.length;
    for (let i = 0; i < value.length; i++) hash = mix(hash, value.charCodeAt(i));
    return hash;
  }
  if (typeof value === 'number') return value | 0;
  if (typeof value !== 'object' || value === null || effort.left-- < 0) return 1;
  let hash = 2;
  // The order of keys does not matter to equality.
  for (const key of Object.keys(value).sort()) {
    hash = mix(mix(hash, key.length), fingerprint((value as Record<string, unknown>)[key], effort));
  }
  return hash;
}

const mix = (hash: number, part: number) => (Math.imul(hash ^ part, 0x01000193) + 1) | 0;

import { atOnce, type Steps, UNITS } from '../database/pace.js';
import type { Spans } from '../database/schema.js';
import { spansIn } from '../database/spans.js';
import { addTo, firstIndex } from '../values/collections.js';

/** Positions from the first up to, and excluding, the second. */
export type Run = [from: number, to: number];

/** From the start of the first run to the end of the last. */
export const extentOf = (runs: readonly Run[]): Run =>
  runs.reduce(([from, to], [start, end]) => [Math.min(from, start), Math.max(to, end)], [Infinity, 0]);

/** Adds a run to those of a log, or extends the last one. */
export function addRun(runs: Map<number, Run[]>, log: number, from: number, to: number): void {
  const last = runs.get(log)?.at(-1);
  if (last && from === last[1]) last[1] = to;
  else addTo(runs, log, [from, to]);
}

/** The runs of several spans, by log, unordered. */
export function* gathering(all: Iterable<Spans>): Steps<Map<number, Run[]>> {
  const runs = new Map<number, Run[]>();
  let units = 0;
  for (const spans of all) {
    for (const [log, from, count] of spansIn(spans)) {
      if (++units % UNITS === 0) yield;
      addTo(runs, log, [from, from + count]);
    }
  }
  return runs;
}

export const runsByLog = (all: Iterable<Spans>): Map<number, Run[]> => atOnce(gathering(all));

/** Sorts runs and joins those that overlap or touch. */
export function* merging(runs: readonly Run[]): Steps<Run[]> {
  const parts: Run[][] = [];
  for (let at = 0; at < runs.length; at += UNITS) {
    yield;
    parts.push(joined([...runs.slice(at, at + UNITS)].sort((a, b) => a[0] - b[0])));
  }
  // Pairwise merging, so that no step takes long.
  let next = 0;
  while (next + 1 < parts.length) parts.push(yield* zipped(parts[next++]!, parts[next++]!));
  return parts[next] ?? [];
}

export const merged = (runs: readonly Run[]): Run[] => atOnce(merging(runs));

/** Joins sorted runs. */
function joined(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs) append(result, run);
  return result;
}

function append(result: Run[], [from, to]: Run): void {
  const last = result.at(-1);
  if (last && from <= last[1]) last[1] = Math.max(last[1], to);
  else result.push([from, to]);
}

function* zipped(left: readonly Run[], right: readonly Run[]): Steps<Run[]> {
  const result: Run[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if ((i + j) % UNITS === 0) yield;
    const isLeft = j === right.length || (i < left.length && left[i]![0] <= right[j]![0]);
    append(result, isLeft ? left[i++]! : right[j++]!);
  }
  return result;
}

/** The parts of `runs` that are in none of `others`; both are merged. */
export function* removing(runs: readonly Run[], others: readonly Run[]): Steps<Run[]> {
  const left: Run[] = [];
  let units = 0;
  for (const [from, to] of runs) {
    if (++units % UNITS === 0) yield;
    let at = from;
    for (let i = firstEndingBehind(others, from); i < others.length && others[i]![0] < to; i++) {
      if (++units % UNITS === 0) yield;
      const [start, end] = others[i]!;
      if (start > at) left.push([at, start]);
      at = Math.max(at, end);
    }
    if (at < to) left.push([at, to]);
  }
  return left;
}

export const without = (runs: readonly Run[], others: readonly Run[]): Run[] =>
  atOnce(removing(runs, others));

/** The index of the first run that ends after a position; runs are sorted. */
export const firstEndingBehind = (runs: readonly Run[], at: number): number =>
  firstIndex(runs, (run) => run[1] > at);

/** Whether a position is in one of sorted runs. */
export const isIn = (runs: readonly Run[] | undefined, at: number): boolean =>
  !!runs && (runs[firstEndingBehind(runs, at)]?.[0] ?? Infinity) <= at;

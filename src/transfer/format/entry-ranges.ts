import { UNITS, type Steps } from '../../database/pace.js';
import type { Spans } from '../../database/schema.js';
import type { Run } from '../../logs/runs.js';
import { spansIn } from '../../database/spans.js';

/** The run that contains a position, by binary search in sorted runs. */
export function runAt(runs: readonly Run[], at: number): Run | undefined {
  const run = runs[firstBehind(runs, ([from]) => from > at) - 1];
  return run && at < run[1] ? run : undefined;
}

/** The index of the first item of a sorted list for which `isBehind` is true. */
export function firstBehind<T>(items: readonly T[], isBehind: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBehind(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Which entries exist, by log. */
export class Coverage {
  size = 0;
  readonly #runs = new Map<number, Run[]>();

  /** Has to be called in order of log and position. */
  add({ log, at }: { log: number; at: number }): void {
    this.size++;
    const runs = this.#runs.get(log) ?? [];
    if (runs.length === 0) this.#runs.set(log, runs);
    const last = runs.at(-1);
    if (last && last[1] === at) last[1]++;
    else runs.push([at, at + 1]);
  }

  has(log: number, from: number, count: number): boolean {
    const run = runAt(this.#runs.get(log) ?? [], from);
    return !!run && from + count <= run[1];
  }

  *hasAll(spans: Spans): Steps<boolean> {
    let units = 0;
    for (const [log, from, count] of spansIn(spans)) {
      if (++units % UNITS === 0) yield;
      if (!this.has(log, from, count)) return false;
    }
    return true;
  }
}

/** Positions from the first up to, and without, the second. */
export type Run = [from: number, to: number];

/** From where the first begins to where the last ends. */
export const extentOf = (runs: readonly Run[]): Run =>
  runs.reduce(([from, to], [start, end]) => [Math.min(from, start), Math.max(to, end)], [Infinity, 0]);

/** Sorted, and without overlaps. */
export function merged(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const [from, to] of [...runs].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** What of `runs` is in none of `others`; both merged. */
export function without(runs: readonly Run[], others: readonly Run[]): Run[] {
  const left: Run[] = [];
  for (const [from, to] of runs) {
    let at = from;
    for (let i = firstEndingBehind(others, from); i < others.length && others[i]![0] < to; i++) {
      const [start, end] = others[i]!;
      if (start > at) left.push([at, start]);
      at = Math.max(at, end);
    }
    if (at < to) left.push([at, to]);
  }
  return left;
}

/** The index of the first of sorted runs that ends behind a position. */
export function firstEndingBehind(runs: readonly Run[], at: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]![1] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a position is in one of sorted runs. */
export const isIn = (runs: readonly Run[] | undefined, at: number): boolean =>
  !!runs && (runs[firstEndingBehind(runs, at)]?.[0] ?? Infinity) <= at;

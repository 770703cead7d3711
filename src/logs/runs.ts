/** Positions from the first up to, and without, the second. */
export type Run = [from: number, to: number];

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
  let left: Run[] = [...runs];
  for (const [start, end] of others) {
    left = left.flatMap(([from, to]): Run[] =>
      end <= from || start >= to
        ? [[from, to]]
        : ([
            [from, start],
            [end, to],
          ].filter(([a, b]) => a! < b!) as Run[]),
    );
  }
  return left;
}

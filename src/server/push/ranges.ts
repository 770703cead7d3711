import type { WireSpans } from '../../sync/protocol/index.js';

type Range = [from: number, to: number];

/** The first range that ends at or after a position. Pushed spans may be thousands, in any order. */
function firstEnding(ranges: Range[], position: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![1] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Places in the logs of a session: ranges that neither overlap nor touch, in order. */
export class Ranges {
  readonly #logs = new Map<string, Range[]>();

  static of(spans: WireSpans): Ranges {
    const ranges = new Ranges();
    ranges.addSpans(spans);
    return ranges;
  }

  get isEmpty(): boolean {
    return this.#logs.size === 0;
  }

  addSpans(spans: WireSpans): void {
    for (let at = 0; at < spans.length; at += 3) {
      const from = spans[at + 1] as number;
      this.add(spans[at] as string, from, from + (spans[at + 2] as number));
    }
  }

  addAll(other: Ranges): void {
    for (const [log, from, to] of other) this.add(log, from, to);
  }

  add(log: string, from: number, to: number): void {
    if (from >= to) return;
    const ranges = this.#logs.get(log) ?? [];
    this.#logs.set(log, ranges);
    const first = firstEnding(ranges, from);
    let next = first;
    let [start, end] = [from, to];
    for (; next < ranges.length && ranges[next]![0] <= to; next++) {
      start = Math.min(start, ranges[next]![0]);
      end = Math.max(end, ranges[next]![1]);
    }
    ranges.splice(first, next - first, [start, end]);
  }

  /** What is here and not there. */
  without(other: Ranges): Ranges {
    const rest = new Ranges();
    for (const [log, from, to] of this) {
      const there = other.#logs.get(log) ?? [];
      let start = from;
      for (let next = firstEnding(there, from); next < there.length && there[next]![0] < to; next++) {
        rest.add(log, start, there[next]![0]);
        start = Math.max(start, there[next]![1]);
      }
      rest.add(log, start, to);
    }
    return rest;
  }

  has(log: string, at: number): boolean {
    const ranges = this.#logs.get(log) ?? [];
    const range = ranges[firstEnding(ranges, at + 1)];
    return range !== undefined && range[0] <= at;
  }

  get spans(): WireSpans {
    return [...this].flatMap(([log, from, to]) => [log, from, to - from]);
  }

  *[Symbol.iterator](): Generator<[log: string, from: number, to: number]> {
    for (const [log, ranges] of this.#logs) for (const [from, to] of ranges) yield [log, from, to];
  }
}

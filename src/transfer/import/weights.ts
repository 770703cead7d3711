import { firstBehind } from '../format/entry-ranges.js';

/** What stretches of logs weigh, in bytes, however many entries they have. */
export class Weights {
  readonly #byLog = new Map<number, { at: number; upTo: number }[]>();

  /** Entries come by log and by position. `bytes`: what it weighs, media not included. */
  add(log: number, at: number, bytes: number): void {
    const sums = this.#byLog.get(log) ?? [];
    if (sums.length === 0) this.#byLog.set(log, sums);
    sums.push({ at, upTo: (sums.at(-1)?.upTo ?? 0) + bytes });
  }

  of(log: number, from: number, count: number): number {
    const sums = this.#byLog.get(log) ?? [];
    const before = (end: number) => sums[firstBehind(sums, ({ at }) => at >= end) - 1]?.upTo ?? 0;
    return before(from + count) - before(from);
  }
}

import { addTo, firstIndex } from '../../values/collections.js';

/** The total size of any run of a log, in bytes, by prefix sums. */
export class Weights {
  readonly #byLog = new Map<number, { at: number; upTo: number }[]>();

  /** Has to be called in order of log and position. `bytes`: its size without media. */
  add(log: number, at: number, bytes: number): void {
    const before = this.#byLog.get(log)?.at(-1)?.upTo ?? 0;
    addTo(this.#byLog, log, { at, upTo: before + bytes });
  }

  of(log: number, from: number, count: number): number {
    const sums = this.#byLog.get(log) ?? [];
    const before = (end: number) => sums[firstIndex(sums, ({ at }) => at >= end) - 1]?.upTo ?? 0;
    return before(from + count) - before(from);
  }
}

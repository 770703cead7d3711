import { type Steps, UNITS } from '../../database/pace.js';
import type { Spans } from '../../database/schema.js';
import { spansIn } from '../../database/spans.js';
import { addRun, firstEndingBehind, type Run } from '../../logs/runs.js';

/** Which entries exist, by log. */
export class Coverage {
  size = 0;
  readonly #runs = new Map<number, Run[]>();

  /** Has to be called in order of log and position. */
  add({ log, at }: { log: number; at: number }): void {
    this.size++;
    addRun(this.#runs, log, at, at + 1);
  }

  has(log: number, from: number, count: number): boolean {
    const runs = this.#runs.get(log) ?? [];
    const run = runs[firstEndingBehind(runs, from)];
    return !!run && run[0] <= from && from + count <= run[1];
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

import type { LogRow, SessionRow, SnapshotRow, Spans } from '../../database/schema.js';
import type { LogWriter } from '../../logs/append.js';
import { extentOf, runsByLog } from '../../logs/runs.js';
import type { Entry } from '../../logs/state.js';
import { markOf } from '../outbox.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Decides where a save appends: after the base's last entry if nobody else has appended there, otherwise to a new log,
 * so that each branch has a log of its own and its history stays one run.
 *
 * If a snapshot is saved again and nobody else has saved in the session since, the entries that it had appended and no
 * longer needs are cut off: a turn that is saved while it streams leaves no garbage.
 */
export class LogAppender implements LogWriter {
  /** The positions where this snapshot began to append, by log. */
  readonly own: Map<number, number>;
  /** The spans that were cut off. */
  readonly taken: Spans[] = [];
  bytes = 0;
  /** Logs that only this snapshot continues. */
  readonly #open = new Set<number>();

  constructor(
    readonly batch: UnitOfWork,
    stored: SnapshotRow | undefined,
    isAlone: boolean,
    readonly session: SessionRow | undefined,
  ) {
    const pairs = (isAlone && stored?.own) || [];
    this.own = new Map(pairs.flatMap((log, i) => (i % 2 === 0 ? [[log, pairs[i + 1]!]] : [])));
  }

  async keep(used: readonly Spans[]): Promise<void> {
    if (this.own.size === 0) return;
    const ends = new Map(this.own);
    for (const [log, runs] of runsByLog(used)) {
      const end = ends.get(log);
      if (end !== undefined) ends.set(log, Math.max(end, extentOf(runs)[1]));
    }
    for (const [log, end] of ends) {
      const tip = await this.batch.logs.tip(log);
      const mark = this.#markOf(log);
      const from = Math.max(end, mark);
      if (mark < Infinity) this.#open.add(log);
      if (from < tip) {
        this.taken.push([log, from, tip - from]);
        await this.batch.logs.cut(log, from);
      }
      if (end === this.own.get(log)) this.own.delete(log);
    }
  }

  async positionAfter(last: Entry | undefined): Promise<{ log: number; at: number }> {
    if (last) {
      const tip = Math.max(await this.batch.logs.tip(last.log), this.#markOf(last.log));
      // The cut may have begun right after `last`, or before it.
      if (tip === last.at + 1 || this.#open.has(last.log)) return { log: last.log, at: tip };
    }
    return { log: await this.batch.newLog(), at: 0 };
  }

  #markOf(log: number): number {
    return markOf(this.session ?? {}, log);
  }

  write(log: number, row: LogRow): void {
    if (!this.own.has(log)) this.own.set(log, row.at);
    this.bytes += row.size;
    this.batch.logs.put(log, row);
  }
}

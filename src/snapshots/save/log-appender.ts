import type { LogRow, SnapshotRow, Spans } from '../../database/schema.js';
import { runsByLog, type Entry } from '../../logs/entry.js';
import { extentOf } from '../../logs/runs.js';
import type { LogWriter } from '../../logs/append.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Where the entries of one save go: behind the base's last entry if nobody was there first, otherwise into a new
 * log, so that each branch continues a log of its own and its history stays one run.
 *
 * A snapshot that is saved again, with nobody else having saved in the session since, takes back what it had
 * appended and no longer needs: a turn that is saved while it streams leaves nothing behind.
 */
export class LogAppender implements LogWriter {
  /** Where this snapshot began to append, by log. */
  readonly own: Map<number, number>;
  /** What was taken back. */
  readonly taken: Spans[] = [];
  bytes = 0;
  /** Logs that nobody else continues. */
  readonly #open = new Set<number>();

  constructor(
    readonly batch: UnitOfWork,
    stored: SnapshotRow | undefined,
    isAlone: boolean,
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
      const tip = await this.batch.tip(log);
      this.taken.push([log, end, tip - end]);
      this.#open.add(log);
      if (end < tip) await this.batch.cut(log, end);
      if (end === this.own.get(log)) this.own.delete(log);
    }
  }

  async placeAfter(last: Entry | undefined): Promise<{ log: number; at: number }> {
    if (last) {
      const tip = await this.batch.tip(last.log);
      // What was taken back may have stood right behind it, or have been it.
      if (tip === last.at + 1 || this.#open.has(last.log)) return { log: last.log, at: tip };
    }
    return { log: await this.batch.newLog(), at: 0 };
  }

  write(log: number, row: LogRow): void {
    if (!this.own.has(log)) this.own.set(log, row.at);
    this.bytes += row.size;
    this.batch.putLogRow(log, row);
  }
}

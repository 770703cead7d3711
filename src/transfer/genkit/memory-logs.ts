import type { LogRow } from '../../database/schema.js';
import type { LogWriter } from '../../logs/append.js';
import type { Entry } from '../../logs/state.js';
import type { IncomingEntry } from '../import/imported-session.js';

/** Logs in memory, so that a whole session can be written at once. */
export class MemoryLogs implements LogWriter {
  readonly entries: IncomingEntry[] = [];
  readonly #tips: number[] = [];

  constructor(readonly where: string) {}

  async keep(): Promise<void> {
    // Each snapshot is saved only once, so nothing is cut off.
  }

  async positionAfter(last: Entry | undefined): Promise<{ log: number; at: number }> {
    if (last && this.#tips[last.log] === last.at + 1) return { log: last.log, at: last.at + 1 };
    return { log: this.#tips.push(0) - 1, at: 0 };
  }

  write(log: number, row: LogRow): void {
    this.#tips[log] = row.at + row.entries.length;
    const first = this.entries.length;
    const intricate = new Set(row.intricate);
    const size = row.size / row.entries.length;
    row.entries.forEach((value, index) => {
      const isPlain = !intricate.has(index);
      this.entries.push({ log, at: row.at + index, value, isPlain, size, media: [], where: this.where });
    });
    for (const [index, path, mediaLog, at] of row.media ?? []) {
      this.entries[first + index]!.media.push([path, mediaLog, at]);
    }
  }
}

import { between } from '../../database/key-order.js';
import { isLogRow, unreadable } from '../../database/rows.js';
import type { LogRow, ReadTransaction } from '../../database/schema.js';
import { merged, type Run } from '../../logs/runs.js';
import type { EntryItem } from './items.js';
import type { Known } from './known.js';

/** A run of entries that goes into one line. */
interface Taken {
  runs: { at: number; entries: EntryItem[] }[];
  bytes: number;
  /** Whether there was room for all. */
  isWhole: boolean;
}

/** How much more one push may hold. */
export interface Room {
  rows: number;
  bytes: number;
}

/** How many entries are in one line, and how many bytes. */
const MOST_IN_LINE = 200;
const MOST_BYTES = 256 * 1024;

/** Reads entries of logs for the wire, each row once. */
export class EntryReader {
  readonly #rows = new Map<number, LogRow>();
  readonly #taken = new Map<number, Run[]>();

  constructor(
    readonly transaction: ReadTransaction,
    readonly known: Known,
    readonly replica: string,
  ) {}

  /** What a log is called on the wire. */
  async wireOf(log: number): Promise<string> {
    return (await this.known.log(log)).wire ?? `${this.replica}:${log}`;
  }

  /** What was taken of a log. */
  taken(log: number): Run[] {
    return merged(this.#taken.get(log) ?? []);
  }

  /** Takes entries as long as there is room; `isFirst`: at least one. */
  async take(log: number, from: number, to: number, room: Room, isFirst: boolean): Promise<Taken> {
    const taken: Taken = { runs: [], bytes: 0, isWhole: false };
    let inLine = 0;
    let at = from;
    for (; at < to; at++) {
      const row = await this.#rowAt(log, at);
      const index = at - row.at;
      const size = (row.size / row.entries.length) * 1.4;
      const isFull = at - from >= room.rows || taken.bytes + size > room.bytes;
      if (isFull && !(isFirst && at === from)) break;
      const media: EntryItem['media'] = [];
      for (const [where, path, mediaLog, mediaAt] of row.media ?? [])
        if (where === index) media.push([path, await this.wireOf(mediaLog), mediaAt]);
      let run = taken.runs.at(-1);
      if (!run || run.entries.length >= MOST_IN_LINE || inLine + size > MOST_BYTES) {
        taken.runs.push((run = { at, entries: [] }));
        inLine = 0;
      }
      run.entries.push({ value: row.entries[index], media });
      inLine += size;
      taken.bytes += size;
    }
    const runs = this.#taken.get(log) ?? [];
    if (at > from) this.#taken.set(log, [...runs, [from, at]]);
    taken.isWhole = at === to;
    return taken;
  }

  async #rowAt(log: number, at: number): Promise<LogRow> {
    const last = this.#rows.get(log);
    if (last && at >= last.at && at < last.at + last.entries.length) return last;
    // Rows are ordered by their ends.
    const row: unknown = await this.transaction.objectStore('logs').get(between([log, at, []], [log, []]));
    if (!isLogRow(row) || row.at > at || row.at + row.entries.length <= at)
      throw unreadable('snapshot', String(log), row);
    this.#rows.set(log, row);
    return row;
  }
}

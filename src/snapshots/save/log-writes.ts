import { startingWith } from '../../database/key-order.js';
import { send } from '../../database/object-store.js';
import { logKey, type LogRow, type MediumReference, type WriteTransaction } from '../../database/schema.js';
import { keepOnly } from '../../logs/garbage-collect.js';
import { sizeOf } from '../../logs/media.js';
import { addTo } from '../../values/collections.js';
import type { SnapshotCache, Tip } from '../cache.js';

/** How much of a row is put again, with what is appended to it, rather than left as a row of its own; in bytes. */
const MOST_AGAIN = 4 * 1024;

/** Larger rows are not remembered, in bytes. */
const MOST_REMEMBERED = 64 * 1024;

/** What the saves of one transaction append to logs, and cut off from them. */
export class LogWrites {
  readonly #tips = new Map<number, Tip>();
  readonly #rows = new Map<number, LogRow[]>();
  /** The last rows of logs, of which the end was cut off, and which are still there. */
  readonly #cuts = new Map<number, { row: LogRow; kept: LogRow | undefined }>();

  constructor(
    readonly transaction: WriteTransaction,
    readonly recent: SnapshotCache,
  ) {}

  /** The position after a log's last entry. */
  async tip(log: number): Promise<number> {
    let tip = this.#tips.get(log) ?? this.recent.tips.get(log);
    if (!tip) {
      const last = await this.transaction.objectStore('logs').openKeyCursor(startingWith(log), 'prev');
      tip = { at: last ? last.key[1] : 0 };
    }
    this.#tips.set(log, tip);
    return tip.at;
  }

  /** Deletes a log's entries from a position on; its tip is known. */
  async cut(log: number, end: number): Promise<void> {
    this.flush();
    const row = this.#tips.get(log)?.row;
    const entries = row?.entries.slice(0, Math.max(0, end - row.at)) ?? [];
    const isSimple = entries.length === 0 || (!row?.media && !row?.intricate);
    // What streams is cut off in the row that was put last. What stays of it is put again with what comes next.
    if (row && row.at <= end && isSimple && sizeOf(entries, MOST_AGAIN) < MOST_AGAIN) {
      const kept = entries.length > 0 ? { ...row, size: sizeOf(entries), entries } : undefined;
      this.#cuts.set(log, { row, kept });
      this.#tips.set(log, { at: end });
      if (kept) this.put(log, kept);
      return;
    }
    await keepOnly(this.transaction, log, [[0, end]], end);
    this.#tips.set(log, { at: end });
  }

  put(log: number, row: LogRow): void {
    const cut = this.#cuts.get(log);
    let whole = row;
    if (cut?.kept && row !== cut.kept) {
      this.#rows.get(log)!.pop();
      whole = joined(cut.kept, row);
      cut.kept = undefined;
    }
    // What streams gets the same key again while it has hardly grown, and so replaces what was there.
    if (cut) whole = { ...whole, size: roundedUp(whole.size) };
    addTo(this.#rows, log, whole);
    const end = whole.at + whole.entries.length;
    this.#tips.set(log, { at: end, ...(row.size < MOST_REMEMBERED && { row: whole }) });
  }

  /** Requests the writes without waiting for them. */
  flush(): void {
    const logs = this.transaction.objectStore('logs');
    for (const [log, { row }] of this.#cuts) {
      const key = logKey(log, row);
      const first = this.#rows.get(log)?.[0];
      // A row that is put under the same key replaces it.
      if (!first || `${key}` !== `${logKey(log, first)}`) logs.delete(key).catch(() => {});
    }
    for (const [log, rows] of this.#rows) for (const row of rows) send(logs, 'put', row, logKey(log, row));
    this.#cuts.clear();
    this.#rows.clear();
  }

  forget(): void {
    this.#tips.clear();
  }

  /** Updates the cache after the transaction has committed. */
  remember(): void {
    for (const [log, tip] of this.#tips) this.recent.tips.set(log, tip);
  }
}

/** One row of what was in two, one after the other. */
function joined(start: LogRow, rest: LogRow): LogRow {
  const by = start.entries.length;
  const { intricate, media } = rest;
  return {
    ...rest,
    at: start.at,
    size: start.size + rest.size,
    entries: [...start.entries, ...rest.entries],
    ...(intricate && { intricate: intricate.map((index) => index + by) }),
    ...(media && { media: media.map(([index, ...where]): MediumReference => [index + by, ...where]) }),
  };
}

/** Up to an eighth more, so that few sizes are different. */
function roundedUp(size: number): number {
  const step = 2 ** Math.max(0, 28 - Math.clz32(size));
  return Math.ceil(size / step) * step;
}

import { isLogRow, isSnapshotRow } from '../database/rows.js';
import { logKey, startingWith, type LogRow, type Spans, type WriteTransaction } from '../database/schema.js';
import { keyRanges } from '../platform/browser.js';
import { runsByLog } from './entry.js';
import { spansOf } from './load.js';
import { firstEndingBehind, merged, without, type Run } from './runs.js';

/** Frees what nothing in the session reaches any more, of the logs that `lost` runs over. */
export async function freeUnreached(
  transaction: WriteTransaction,
  sessionId: string,
  lost: readonly Spans[],
): Promise<void> {
  const logs = [...runsByLog(lost).keys()];
  if (logs.length === 0) return;
  const rows = await transaction.objectStore('snapshots').index('sessionId').getAll(startingWith(sessionId));
  // One that cannot be read may reach anything.
  if (!rows.every(isSnapshotRow)) return;
  const reached = runsByLog(rows.flatMap(spansOf));
  for (const log of logs) await keepOnly(transaction, log, reached.get(log) ?? []);
}

/** Deletes all entries of a log outside of `runs`, down to the single entry; looks only behind `from`. */
export async function keepOnly(
  transaction: WriteTransaction,
  log: number,
  runs: readonly Run[],
  from = 0,
): Promise<void> {
  const logs = transaction.objectStore('logs');
  if (runs.length === 0) return logs.delete(keyRanges().bound([log, from, []], [log, []]));
  const union = merged(runs);
  for (const key of await logs.getAllKeys(keyRanges().bound([log, from, []], [log, []]))) {
    const [, end, start] = key;
    const pieces: Run[] = [];
    for (let i = firstEndingBehind(union, start); i < union.length && union[i]![0] < end; i++) {
      pieces.push([Math.max(union[i]![0], start), Math.min(union[i]![1], end)]);
    }
    const [first] = pieces;
    if (first && first[0] === start && first[1] === end) continue;
    const row: unknown = pieces.length > 0 ? await logs.get(key) : undefined;
    // What cannot be read cannot be cut.
    if (row !== undefined && !isLogRow(row)) continue;
    await logs.delete(key);
    if (!row) continue;
    for (const [from, to] of pieces) {
      const piece = slice(row, from - start, to - start);
      await logs.put(piece, logKey(log, piece));
    }
  }
}

/** Part of a row, as a row. */
function slice(row: LogRow, from: number, to: number): LogRow {
  const entries = row.entries.slice(from, to);
  const isInside = (index: number) => index >= from && index < to;
  const intricate = (row.intricate ?? []).filter(isInside).map((index) => index - from);
  const media = (row.media ?? [])
    .filter(([index]) => isInside(index))
    .map(([index, ...where]): NonNullable<LogRow['media']>[number] => [index - from, ...where]);
  return {
    format: row.format,
    at: row.at + from,
    size: (row.size * entries.length) / row.entries.length,
    entries,
    ...(intricate.length > 0 && { intricate }),
    ...(media.length > 0 && { media }),
  };
}

/** Whether every entry of `spans` is among those of `others`. */
export function isCovered(spans: readonly Spans[], others: readonly Spans[]): boolean {
  const known = runsByLog(others);
  return [...runsByLog(spans)].every(
    ([log, runs]) => without(runs, merged(known.get(log) ?? [])).length === 0,
  );
}

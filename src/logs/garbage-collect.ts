import { between, startingWith } from '../database/key-order.js';
import { heed, type Steps } from '../database/pace.js';
import { isLogRow, isSnapshotRow } from '../database/rows.js';
import { logKey, type LogRow, type Spans, type WriteTransaction } from '../database/schema.js';
import { firstEndingBehind, gathering, merged, merging, type Run, runsByLog, without } from './runs.js';
import { spansOfAll } from '../database/spans.js';

function heeding<T>(signal: AbortSignal | undefined, steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    heed(signal);
  }
}

/** Frees the entries of `lost` that nothing in the session reaches any more. */
export async function freeUnreached(
  transaction: WriteTransaction,
  sessionId: string,
  lost: readonly Spans[],
  signal?: AbortSignal,
): Promise<void> {
  const logs = [...runsByLog(lost).keys()];
  if (logs.length === 0) return;
  const rows = await transaction.objectStore('snapshots').index('sessionId').getAll(startingWith(sessionId));
  // An unreadable row may reach any entry, so nothing is freed.
  if (!rows.every(isSnapshotRow)) return;
  const reached = heeding(signal, gathering(spansOfAll(rows)));
  for (const log of logs) await keepOnly(transaction, log, reached.get(log) ?? [], 0, signal);
}

/** Deletes all entries of a log outside of `runs`, to the single entry; looks only after `from`. */
export async function keepOnly(
  transaction: WriteTransaction,
  log: number,
  runs: readonly Run[],
  from = 0,
  signal?: AbortSignal,
): Promise<void> {
  const logs = transaction.objectStore('logs');
  if (runs.length === 0) return void (await logs.delete(between([log, from, []], [log, []])));
  const union = heeding(signal, merging(runs));
  for (const key of await logs.getAllKeys(between([log, from, []], [log, []]))) {
    heed(signal);
    const [, end, start] = key;
    const pieces: Run[] = [];
    for (let i = firstEndingBehind(union, start); i < union.length && union[i]![0] < end; i++) {
      pieces.push([Math.max(union[i]![0], start), Math.min(union[i]![1], end)]);
    }
    const [first] = pieces;
    if (first && first[0] === start && first[1] === end) continue;
    const row: unknown = pieces.length > 0 ? await logs.get(key) : undefined;
    // A damaged row cannot be cut.
    if (row !== undefined && !isLogRow(row)) continue;
    await logs.delete(key);
    if (!row) continue;
    for (const piece of slices(row, pieces)) {
      heed(signal);
      await logs.put(piece, logKey(log, piece));
    }
  }
}

/** Copies of parts of a row, made in one pass. */
function slices(row: LogRow, pieces: readonly Run[]): LogRow[] {
  const parts = pieces.map(([from, to]) => ({
    at: from,
    entries: row.entries.slice(from - row.at, to - row.at),
    intricate: [] as number[],
    media: [] as NonNullable<LogRow['media']>,
  }));
  const partOf = (index: number) => {
    const part = parts[firstEndingBehind(pieces, row.at + index)];
    return part && part.at <= row.at + index ? part : undefined;
  };
  for (const index of row.intricate ?? []) {
    const part = partOf(index);
    part?.intricate.push(row.at + index - part.at);
  }
  for (const [index, ...where] of row.media ?? []) {
    const part = partOf(index);
    part?.media.push([row.at + index - part.at, ...where]);
  }
  return parts.map(({ at, entries, intricate, media }) => ({
    format: row.format,
    at,
    size: (row.size * entries.length) / row.entries.length,
    entries,
    ...(intricate.length > 0 && { intricate }),
    ...(media.length > 0 && { media }),
  }));
}

/** Whether `others` contain every entry of `spans`. */
export function isCovered(spans: readonly Spans[], others: readonly Spans[]): boolean {
  const known = runsByLog(others);
  return [...runsByLog(spans)].every(
    ([log, runs]) => without(runs, merged(known.get(log) ?? [])).length === 0,
  );
}

import { between } from '../database/key-order.js';
import { isLogRow, unreadable } from '../database/rows.js';
import type { LogRow, ReadTransaction, SnapshotRow, Spans } from '../database/schema.js';
import { copy, copyPlain, freezeDeeply } from '../values/clone.js';
import { continued, EMPTY, type Entry, type LoadedField, type LoadedState, stateOf } from './state.js';
import { valueOf } from './links.js';
import { replaceAt } from './media.js';
import { extentOf, runsByLog } from './runs.js';
import { spansIn, spansOf } from '../database/spans.js';

/** Rows of logs that were read before it was known which ones are needed. */
export type Ahead = Map<number, { from: number; rows: unknown[] }>;

/** Reads the current end of a state's logs, from where the state begins in each. */
export async function readAhead(transaction: ReadTransaction, state: LoadedState): Promise<Ahead> {
  const logs = transaction.objectStore('logs');
  const spans = state.fields.flatMap((field) => (field.kind === 'value' ? [] : [field.sequence.spans]));
  const reads = [...runsByLog(spans)].map(async ([log, runs]) => {
    const [from] = extentOf(runs);
    return [log, { from, rows: await logs.getAll(between([log, from, []], [log, []])) }] as const;
  });
  return new Map(await Promise.all(reads));
}

/**
 * Loads a state with one range read for each log, most often one in all. `null` for a state that is explicitly
 * `undefined`.
 */
export async function loadState(
  transaction: ReadTransaction,
  row: SnapshotRow,
  ahead: Ahead = new Map(),
): Promise<LoadedState | null | undefined> {
  if (!row.state) return row.state;
  const rows = await Promise.all(
    [...runsByLog(spansOf(row))].map(async ([log, runs]) => {
      const [from, to] = extentOf(runs);
      return { log, rows: await readRun(transaction, log, from, to, row.id, ahead.get(log)) };
    }),
  );
  return assembleState(row, rows);
}

/** Assembles a snapshot's state from the rows it reaches; there may be more rows. */
export function assembleState(
  row: SnapshotRow,
  rows: readonly { log: number; rows: readonly LogRow[] }[],
): LoadedState | null | undefined {
  const { state } = row;
  if (!state) return state;
  const logs = new Map(rows.map(({ log, rows: logRows }) => [log, entriesOf(log, logRows)]));
  const incomplete = new Set<Entry>();
  const withMedia = new Set<Entry>();
  for (const { log, rows: logRows } of rows) {
    for (const { at, media } of logRows) {
      for (const [index, path, mediaLog, mediaAt] of media ?? []) {
        const medium = logs.get(mediaLog)?.get(mediaAt);
        const entry = logs.get(log)!.get(at + index);
        if (!entry) throw unreadable('snapshot', row.id);
        // A missing medium is no loss in a neighbouring entry, which this snapshot does not reach.
        if (!medium) {
          incomplete.add(entry);
          continue;
        }
        entry.media.push({ path, entry: medium });
        withMedia.add(entry);
      }
    }
  }
  for (const entry of withMedia) {
    entry.value = replaceAt(
      entry.value,
      entry.media.map(({ path, entry: { value } }) => ({ path, value })),
    );
  }
  const resolve = (spans: Spans): Entry[] => {
    const resolved: Entry[] = [];
    for (const [log, from, count] of spansIn(spans)) {
      const entries = logs.get(log);
      for (let at = from; at < from + count; at++) {
        const entry = entries?.get(at);
        if (!entry || incomplete.has(entry)) throw unreadable('snapshot', row.id);
        resolved.push(entry);
      }
    }
    return resolved;
  };
  const fields = state.fields.map(([key, kind, content]): LoadedField =>
    kind === 'value'
      ? { key, kind, value: content }
      : { key, kind, sequence: continued(EMPTY, resolve(content)) },
  );
  return stateOf(fields);
}

function entriesOf(log: number, rows: readonly LogRow[]): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  for (const { at: start, entries: values, size: all, intricate } of rows) {
    const size = all / values.length;
    const isIntricate = new Set(intricate);
    for (let index = 0; index < values.length; index++) {
      const at = start + index;
      const isPlain = !isIntricate.has(index);
      entries.set(at, { log, at, value: values[index], isPlain, size, media: [] });
    }
  }
  return entries;
}

/** The rows that hold the positions `from` up to `to`, and perhaps some around them. */
async function readRun(
  transaction: ReadTransaction,
  log: number,
  from: number,
  to: number,
  snapshotId: string,
  ahead: { from: number; rows: unknown[] } | undefined,
): Promise<LogRow[]> {
  const logs = transaction.objectStore('logs');
  // Keys are [log, end, start]: every row that ends after `from`, and at `to` or before.
  const whole = (row: unknown): LogRow => {
    if (isLogRow(row)) return row;
    throw unreadable('snapshot', snapshotId, row);
  };
  if (ahead && ahead.from <= from) {
    return ahead.rows.map(whole).filter(({ at, entries }) => at < to && at + entries.length > from);
  }
  const found = await logs.getAll(between([log, from, []], [log, to, []]));
  const rows = found.map(whole);
  const last = rows.at(-1);
  if (!last || last.at + last.entries.length < to) {
    const across = await logs.get(between([log, to, []], [log, []]));
    if (across) rows.push(whole(across));
  }
  return rows;
}

/** The state as the application saved it, in new objects; or, if `isShared`, in frozen ones that other reads get too. */
export function copyOut({ fields }: LoadedState, isShared: boolean): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      if (field.kind === 'value') return [field.key, copy(field.value)];
      const values = field.sequence.entries.map(({ value, isPlain }) => {
        // Links are restored in place.
        if (isShared && field.kind !== 'linked' && freezeDeeply(value)) return value;
        return isPlain ? copyPlain(value) : copy(value);
      });
      return [field.key, valueOf(field.kind, values)];
    }),
  );
}

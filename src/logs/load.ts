import { between } from '../database/key-order.js';
import { isLogRow, unreadable } from '../database/rows.js';
import type { LogRow, ReadTransaction, SnapshotRow, Spans } from '../database/schema.js';
import { copy, copyPlain, freezeTree } from '../values/clone.js';
import { continued, EMPTY, type Entry, type LoadedField, type LoadedState, stateOf } from './state.js';
import { valueOf } from './links.js';
import { replaceAt } from './media.js';
import { extentOf, runsByLog } from './runs.js';
import { spansIn, spansOf } from '../database/spans.js';

/** What was read of logs, unchecked: the rows that hold the positions `from` up to `to`, and perhaps some around them. */
export type LogsRead = Map<number, { from: number; to: number; rows: unknown[] }>;

/** Rows by log, sorted by what they hold. */
export type RowsByLog = ReadonlyMap<number, readonly LogRow[]>;

/** Entries in memory, by log and position. */
export type KnownEntries = Map<string, Entry>;

const place = (log: number, at: number) => `${log},${at}`;

export function entriesIn(state: LoadedState | null | undefined): KnownEntries {
  const all = state?.fields.flatMap((field) => (field.kind === 'value' ? [] : field.sequence.entries)) ?? [];
  return new Map([...all, ...(state?.media ?? [])].map((entry) => [place(entry.log, entry.at), entry]));
}

/** Reads the current end of a snapshot's logs, from where it begins in each, without what is known. */
export const readAhead = (
  transaction: ReadTransaction,
  row: SnapshotRow,
  entries: KnownEntries,
): Promise<LogsRead> => readReach(transaction, spansOf(row), undefined, Infinity, entries);

/**
 * Reads what spans reach, unless it was read ahead or is known: one range for each log, most often one in all.
 */
export async function readReach(
  transaction: ReadTransaction,
  reach: Iterable<Spans>,
  ahead?: LogsRead,
  end = 0,
  entries?: KnownEntries,
): Promise<LogsRead> {
  const logs = transaction.objectStore('logs');
  const reads = [...runsByLog(reach)].map(async ([log, runs]) => {
    let [from, last] = extentOf(runs);
    while (from < last && entries?.has(place(log, from))) from++;
    const to = Math.max(last, end);
    const known = ahead?.get(log);
    if (known && known.from <= from && known.to >= to) return [log, known] as const;
    const isKnown = from === to;
    // Keys are [log, end, start]: every row that ends after `from`, and at `to` or before.
    const rows: unknown[] = isKnown ? [] : await logs.getAll(between([log, from, []], [log, to, []]));
    const tail = rows.at(-1);
    if (!isKnown && to < Infinity && (!isLogRow(tail) || tail.at + tail.entries.length < to)) {
      const across = await logs.get(between([log, to, []], [log, []]));
      if (across) rows.push(across);
    }
    return [log, { from, to, rows }] as const;
  });
  return new Map(await Promise.all(reads));
}

/** Reads all that a snapshot reaches. */
export async function loadRows(
  transaction: ReadTransaction,
  row: SnapshotRow,
  ahead?: LogsRead,
  entries?: KnownEntries,
): Promise<RowsByLog> {
  const whole = (each: unknown): LogRow => {
    if (isLogRow(each)) return each;
    throw unreadable('snapshot', row.id, each);
  };
  const read = await readReach(transaction, spansOf(row), ahead, 0, entries);
  return new Map(Array.from(read, ([log, { rows }]) => [log, rows.map(whole)]));
}

/** Assembles a snapshot's state from what is known and the rows it reaches; there may be more rows. */
export function assembleState(
  row: SnapshotRow,
  rows: RowsByLog,
  known?: KnownEntries,
): LoadedState | null | undefined {
  const { state } = row;
  if (!state) return state;
  const logs = new Map(Array.from(rows, ([log, logRows]) => [log, entriesOf(log, logRows)]));
  const find = (log: number, at: number) => logs.get(log)?.get(at) ?? known?.get(place(log, at));
  const incomplete = new Set<Entry>();
  const withMedia = new Set<Entry>();
  for (const [log, logRows] of rows) {
    for (const { at, media } of logRows) {
      for (const [index, path, mediaLog, mediaAt] of media ?? []) {
        const medium = find(mediaLog, mediaAt);
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
      for (let at = from; at < from + count; at++) {
        const entry = find(log, at);
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

/** From how many bytes on a copy takes long. */
const LARGE = 64 * 1024;

/**
 * A large state in the objects that were read, which nobody else must have. `undefined` for a small one, and if it cannot
 * be given away as it is: it has media, which are put together, an entry occurs twice, or one is missing.
 */
export function ownState({ state }: SnapshotRow, logs: RowsByLog): Record<string, unknown> | undefined {
  let bytes = 0;
  const joined = new Map<number, unknown[]>();
  for (const [log, rows] of logs) {
    const all: unknown[] = [];
    for (const { at, entries, size, media } of rows) {
      if (media || at !== rows[0]!.at + all.length) return undefined;
      for (const entry of entries) all.push(entry);
      bytes += size;
    }
    joined.set(log, all);
  }
  if (bytes < LARGE) return undefined;
  const used = new Set<unknown>();
  let count = 0;
  const fields = state!.fields.map(([key, kind, content]) => {
    if (kind === 'value') return { key, kind: 'one' as const, values: [content] };
    const values = [...spansIn(content)].flatMap(([log, at, length]) => {
      const from = at - (logs.get(log)![0]?.at ?? Infinity);
      count += length;
      return from < 0 ? [] : joined.get(log)!.slice(from, from + length);
    });
    for (const value of values) used.add(value);
    return { key, kind, values };
  });
  if (used.size !== count) return undefined;
  return Object.fromEntries(fields.map(({ key, kind, values }) => [key, valueOf(kind, values)]));
}

/** The state as the application saved it, in new objects; or, if `isShared`, in frozen ones that other reads get too. */
export function copyOut({ fields }: LoadedState, isShared: boolean): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      if (field.kind === 'value') return [field.key, copy(field.value)];
      const values = field.sequence.entries.map(({ value, isPlain }) => {
        // Links are restored in place.
        if (isShared && isPlain && field.kind !== 'linked' && freezeTree(value)) return value;
        return isPlain ? copyPlain(value) : copy(value);
      });
      return [field.key, valueOf(field.kind, values)];
    }),
  );
}

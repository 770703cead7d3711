import { between } from '../../database/key-order.js';
import { type Steps, UNITS } from '../../database/pace.js';
import { isLogRow } from '../../database/rows.js';
import {
  logKey,
  type LogKey,
  type LogRow,
  type MediumReference,
  type WriteTransaction,
} from '../../database/schema.js';

const KIB = 1024;

/**
 * Rows of these sizes, in bytes, are merged once they add up to `mergedFrom`. Browsers store rows from 64 KiB on separately
 * and read them several times faster; since each row costs something too, a second step merges several of those. In
 * total, data is written three times, and no merged row is larger than 576 KiB.
 */
const STEPS = [
  { from: 0, to: 64 * KIB, mergedFrom: 128 * KIB },
  { from: 64 * KIB, to: 256 * KIB, mergedFrom: 320 * KIB },
];

/**
 * Consecutive rows of whole logs that are to be merged, given all keys of these, in the order in which they are to be:
 * some are made of rows that are merged before.
 */
export function* grouping(keys: readonly LogKey[]): Steps<LogKey[][]> {
  const all: LogKey[][] = [];
  // Keys that are none of ours are left alone.
  let left = keys.filter((key) => Array.isArray(key));
  for (const step of STEPS) {
    const groups = yield* groupsOf(left, step);
    for (const group of groups) all.push(group);
    left = yield* afterMerging(left, groups);
  }
  return all;
}

/** The keys as they will be. */
function* afterMerging(keys: readonly LogKey[], groups: readonly LogKey[][]): Steps<LogKey[]> {
  const merged = new Map<LogKey, LogKey | undefined>();
  for (const group of groups) {
    yield;
    const [log, , start] = group[0]!;
    const size = group.reduce((sum, key) => sum + key[3], 0);
    for (const key of group) merged.set(key, undefined);
    merged.set(group[0]!, [log, group.at(-1)![1], start, size]);
  }
  return keys.flatMap((key) => (merged.has(key) ? ((merged.get(key) && [merged.get(key)!]) ?? []) : [key]));
}

/** Merges rows; resolves to whether they still existed. Positions stay the same, so references stay valid. */
export async function mergeRows(transaction: WriteTransaction, group: readonly LogKey[]): Promise<boolean> {
  const logs = transaction.objectStore('logs');
  const [log] = group[0]!;
  const range = between(group[0], group.at(-1));
  const rows: LogRow[] = await logs.getAll(range);
  // A damaged row is not merged, which would make it look whole.
  if (!rows.every(isLogRow)) return false;
  const isThere = (key: LogKey, index: number) =>
    rows[index] && String(logKey(log, rows[index])) === String(key);
  if (rows.length !== group.length || !group.every(isThere)) return false;
  const merged = joined(rows);
  await logs.delete(range);
  await logs.put(merged, logKey(log, merged));
  return true;
}

function* groupsOf(
  keys: readonly LogKey[],
  { from, to, mergedFrom }: (typeof STEPS)[number],
): Steps<LogKey[][]> {
  const groups: LogKey[][] = [];
  let group: LogKey[] = [];
  let size = 0;
  let units = 0;
  for (const key of keys) {
    if (++units % UNITS === 0) yield;
    const [log, , start, bytes] = key;
    const fits = bytes >= from && bytes < to;
    const follows = group.at(-1)?.[0] === log && group.at(-1)![1] === start;
    if (!fits || !follows) {
      group = [];
      size = 0;
    }
    if (!fits) continue;
    group.push(key);
    size += bytes;
    if (size < mergedFrom || group.length === 1) continue;
    groups.push(group);
    group = [];
    size = 0;
  }
  return groups;
}

/** Joins consecutive rows into one. */
function joined(rows: readonly LogRow[]): LogRow {
  const { format, at } = rows[0]!;
  const entries: unknown[] = [];
  const intricate: number[] = [];
  const media: MediumReference[] = [];
  let size = 0;
  for (const row of rows) {
    const offset = entries.length;
    for (const index of row.intricate ?? []) intricate.push(index + offset);
    for (const [index, ...where] of row.media ?? []) media.push([index + offset, ...where]);
    for (const entry of row.entries) entries.push(entry);
    size += row.size;
  }
  return {
    format,
    at,
    size,
    entries,
    ...(intricate.length > 0 && { intricate }),
    ...(media.length > 0 && { media }),
  };
}

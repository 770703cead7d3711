import type { SessionRow } from '../../database/schema.js';
import { markOf } from '../../snapshots/outbox.js';

/** How many logs of a session are appended to behind a mark. Most sessions have one or two; of others the rest is closed. */
const MOST_NAMED = 8;

/** The row with a log named up to `end`; the same row if it is. A closed log is not opened again. */
export function named(row: SessionRow, log: number, end: number): SessionRow {
  if (markOf(row, log) >= end) return row;
  const pairs: [number, number][] = [];
  const flat = row.named ?? [];
  for (let at = 0; at < flat.length; at += 2) if (flat[at] !== log) pairs.push([flat[at]!, flat[at + 1]!]);
  pairs.push([log, end]);
  const out = pairs.splice(0, Math.max(0, pairs.length - MOST_NAMED));
  const closed = out.reduce((last, [each]) => Math.max(last, each), row.closed ?? 0);
  return { ...row, named: pairs.flat(), ...(closed > 0 && { closed }) };
}

/** The row with a log closed that came from another device. */
export const closing = (row: SessionRow, log: number): SessionRow =>
  log > (row.closed ?? 0) ? { ...row, closed: log } : row;

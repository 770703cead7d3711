import { isReading } from '../../database/rows.js';
import type { ReadTransaction, WriteTransaction } from '../../database/schema.js';

/** The clock's reading before and after some writes. */
export interface Stretch {
  since: number;
  version: number;
}

/**
 * How many stretches a row keeps: enough for tabs that read soon after; others notice a gap and read everything again.
 */
const MOST = 8;

/**
 * Ids of `loose` stretches: `EVERYTHING` for a clear, `NO_SESSION` for a write that belongs to no session. Session ids are
 * never blank.
 */
export const EVERYTHING = '';
export const NO_SESSION = ' ';

/**
 * Adds a stretch to those in which only this session was written. Readers of the row learn from them which commits were
 * the session's.
 */
export function withWritten(before: readonly Stretch[] = [], { since, version }: Stretch): Stretch[] {
  const last = before.at(-1);
  if (last && last.version >= version) return [...before];
  // A stretch from 0 is not extended, since it tells that the database is new.
  if (last?.since && last.version === since) return [...before.slice(0, -1), { since: last.since, version }];
  return [...before, { since, version }].slice(-MOST);
}

/** A stretch that no session's row records. */
type Loose = Stretch & { id: string };

/** Records stretches that no session's row can record. */
export async function noteLoose(
  transaction: WriteTransaction,
  id: string,
  stretches: readonly Stretch[],
): Promise<void> {
  const before = id === EVERYTHING ? [] : await readLoose(transaction);
  const noted = [...before, ...stretches.map(({ since, version }) => ({ id, since, version }))].slice(
    -4 * MOST,
  );
  await transaction.objectStore('meta').put(noted, 'loose');
}

/** The last recorded ones. */
export async function readLoose(transaction: ReadTransaction): Promise<Loose[]> {
  const noted: unknown = await transaction.objectStore('meta').get('loose');
  return Array.isArray(noted) ? noted.filter(isStretch) : [];
}

export const isStretch = (stretch: any): boolean =>
  isReading(stretch?.since) && isReading(stretch.version) && stretch.since < stretch.version;

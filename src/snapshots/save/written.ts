import { isReading } from '../../database/rows.js';
import type { ReadTransaction, WriteTransaction } from '../../database/schema.js';

/** What the clock showed before some writes, and what it showed after. */
export interface Stretch {
  since: number;
  version: number;
}

/** The last ones are enough for whoever reads soon after; whoever does not has missed something. */
const MOST = 8;

/** Who wrote, where that was no session, or none that is left; sessions never have blank ids. */
export const EVERYTHING = '';
export const NOBODY = ' ';

/**
 * The stretches of the clock that were all a session's own, with one more: whoever reads its row knows how much of what
 * the clock has gone through that was.
 */
export function withWritten(before: readonly Stretch[] = [], { since, version }: Stretch): Stretch[] {
  const last = before.at(-1);
  if (last && last.version >= version) return [...before];
  // The first of all stays by itself: it tells of a database that was made anew.
  if (last?.since && last.version === since) return [...before.slice(0, -1), { since: last.since, version }];
  return [...before, { since, version }].slice(-MOST);
}

/** What has no row that could tell of it. */
type Loose = Stretch & { id: string };

/** Notes writes that no session's row tells of. */
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

/** The last of them. */
export async function readLoose(transaction: ReadTransaction): Promise<Loose[]> {
  const noted: unknown = await transaction.objectStore('meta').get('loose');
  return Array.isArray(noted) ? noted.filter(isStretch) : [];
}

export const isStretch = (stretch: any): boolean =>
  isReading(stretch?.since) && isReading(stretch.version) && stretch.since < stretch.version;

import type { SessionRow } from '../database/schema.js';
import type { Leaves } from './leaves.js';
import { withWritten, type Stretch } from './save/written.js';

/** What a session's row says whatever its snapshots are. */
export type SessionBasis = Omit<SessionRow, 'leaves' | 'latest' | 'snapshots' | 'version'>;

/** A session's row with what follows from its snapshots, all of which replaces what it said before. */
export function sessionRow(
  { latest: _, selected: __, ...basis }: SessionBasis & Partial<Leaves>,
  leaves: Leaves,
  snapshots: number,
  selected: string | undefined,
  stretch: Stretch,
): SessionRow {
  return {
    ...basis,
    ...leaves,
    snapshots,
    ...(selected !== undefined && { selected }),
    version: stretch.version,
    written: withWritten(basis.written, stretch),
  };
}

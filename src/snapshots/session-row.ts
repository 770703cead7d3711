import type { ReadTransaction, SessionRow, SnapshotRow } from '../database/schema.js';
import { type Stretch, withWritten } from './commit.js';
import { startingWith } from '../database/key-order.js';
import { isSessionRow, isSnapshotRow, sortOut } from '../database/rows.js';
import { spansOf } from '../database/spans.js';

/** What a session's row says whatever its snapshots are. */
export type SessionBasis = Omit<SessionRow, 'leaves' | 'latest' | 'snapshots' | 'version'>;

/** A session's row with what follows from its snapshots, all of which replaces what it said before; without `changes`. */
export function sessionRow(
  { latest: _, selected: __, changes: ___, ...basis }: SessionBasis & Partial<Leaves>,
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

/** The leaves as the session's row records them: how many, and which is the latest by `createdAt`, then by save. */
export type Leaves = Pick<SessionRow, 'leaves' | 'latest'>;

type LeafKey = NonNullable<Leaves['latest']>;

/** The longest `reach`, three numbers a run. */
const LONGEST_REACH = 12;

function leafKey(row: SnapshotRow): LeafKey {
  const { id, createdMs, version } = row;
  const reach = spansOf(row).flat();
  return { id, createdMs, version, ...(reach.length <= LONGEST_REACH && { reach }) };
}

/** In the order of the index by session. */
export const isLater = (a: LeafKey, b: LeafKey | undefined): boolean =>
  !b || a.createdMs > b.createdMs || (a.createdMs === b.createdMs && a.version > b.version);

/** The leaves among the rows of a session: those that no other row names as its parent. */
export function leavesAmong(rows: readonly SnapshotRow[]): SnapshotRow[] {
  const parents = new Set(rows.map(({ info }) => info.parentId));
  return rows.filter(({ id }) => !parents.has(id));
}

/** Computes the leaves from the rows of a session, in any order. */
export function leavesIn(rows: readonly SnapshotRow[]): Leaves {
  const leaves = leavesAmong(rows).map(leafKey);
  const latest = leaves.reduce<LeafKey | undefined>(
    (last, leaf) => (isLater(leaf, last) ? leaf : last),
    undefined,
  );
  return { leaves: leaves.length, ...(latest && { latest }) };
}

/** Computes the leaves from all readable rows of a session. */
export async function countLeaves(transaction: ReadTransaction, sessionId: string): Promise<Leaves> {
  const rows = await transaction.objectStore('snapshots').index('sessionId').getAll(startingWith(sessionId));
  return leavesIn(sortOut(rows, isSnapshotRow).whole);
}

/** Reads the leaves from the session's row. */
export async function readLeaves(transaction: ReadTransaction, sessionId: string): Promise<Leaves> {
  const session: unknown = await transaction.objectStore('sessions').get(sessionId);
  return isSessionRow(session) ? session : { leaves: 0 };
}

/** How many snapshots of the session name `id` as their parent, counted up to two. A snapshot never names itself. */
export async function countChildren(
  transaction: ReadTransaction,
  id: string,
  sessionId: string,
): Promise<number> {
  return (await transaction.objectStore('snapshots').index('parentId').getAllKeys([id, sessionId], 2)).length;
}

/**
 * The leaves after saving `row`; `undefined` if they have to be counted. `stored` is the snapshot's earlier row in this
 * session, `parent` the new parent if it is in the session, and `left` the earlier parent if this was its only child
 * and no longer is.
 */
export async function leavesWith(
  before: SessionRow | undefined,
  row: SnapshotRow,
  stored: SnapshotRow | undefined,
  parent: SnapshotRow | undefined,
  left: SnapshotRow | undefined,
  hasChildren: (id: string) => Promise<boolean>,
): Promise<Leaves | undefined> {
  const { leaves = 0, latest } = before ?? {};
  const isLeaf = async (id: string) => id === latest?.id || !(await hasChildren(id));
  const joinsAsLeaf = await isLeaf(row.id);
  const continuesAnew = stored?.info.parentId !== row.info.parentId;
  const endsLeaf = continuesAnew && parent !== undefined && (await isLeaf(parent.id));
  const count = leaves + (joinsAsLeaf && !stored ? 1 : 0) - (endsLeaf ? 1 : 0) + (left ? 1 : 0);
  // If the former latest leaf is gone or changed, the new one is known without counting only if it comes after the
  // former one.
  const gone = latest && (latest.id === row.id || (endsLeaf && latest.id === parent.id));
  const [last] = [joinsAsLeaf && leafKey(row), left && leafKey(left)]
    .filter((key) => key !== false && key !== undefined)
    .sort((a, b) => (isLater(a, b) ? -1 : 1));
  if (last && isLater(last, latest)) return { leaves: count, latest: last };
  if (!gone) return latest && { leaves: count, latest };
  return count === 0 ? { leaves: 0 } : undefined;
}

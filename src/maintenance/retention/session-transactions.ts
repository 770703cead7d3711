import { startingWith } from '../../database/key-order.js';
import { each, paceWithin } from '../../database/pace.js';
import { isSessionRow, isSnapshotRow } from '../../database/rows.js';
import type { ReadTransaction, SessionRow, SnapshotRow, WriteTransaction } from '../../database/schema.js';
import { requestAll } from '../../database/transaction.js';
import type { beginCommit } from '../../snapshots/commit.js';
import { removeRows, type Removal } from '../../snapshots/delete/delete.js';
import { snapshotInfo, type ApplyExpiry } from '../../snapshots/stored-snapshot.js';

/** A session as read in one transaction. */
export interface Found {
  session: SessionRow;
  /** In order of creation. */
  rows: SnapshotRow[];
  isDamaged: boolean;
  /** Ids of the pending snapshots whose worker may live. */
  pending: string[];
}

async function sessionOf(transaction: ReadTransaction, id: string): Promise<SessionRow | undefined> {
  const row: unknown = await transaction.objectStore('sessions').get(id);
  return isSessionRow(row) ? row : undefined;
}

/** Reads a session with what decides whether it may be deleted. */
export async function findSession(
  transaction: ReadTransaction,
  id: string,
  applyExpiry: ApplyExpiry,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  const [session, all] = await requestAll(
    () => sessionOf(transaction, id),
    () => transaction.objectStore('snapshots').index('sessionId').getAll(startingWith(id)),
  );
  if (!session) return undefined;
  const rows: SnapshotRow[] = [];
  const pending: string[] = [];
  const look = (row: SnapshotRow) => {
    if (!isSnapshotRow(row)) return;
    rows.push(row);
    if (applyExpiry(snapshotInfo(row), row).status === 'pending') pending.push(row.id);
  };
  await paceWithin(transaction, signal).run(each(all, look));
  return { session, rows, isDamaged: rows.length < all.length, pending };
}

/** Deletes snapshots of a session unless it has changed. */
export async function removeUnchanged(
  transaction: WriteTransaction,
  begin: typeof beginCommit,
  { id, version }: SessionRow,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Removal | null> {
  if ((await sessionOf(transaction, id))?.version !== version) return null;
  const commit = await begin(transaction);
  await removeRows(transaction, commit, id, ids, signal);
  return { ...commit, removed: ids.length };
}

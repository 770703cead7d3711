import { isSnapshotRow } from '../../database/rows.js';
import type { SnapshotRow, WriteTransaction } from '../../database/schema.js';
import type { Commit } from '../commit.js';
import { removeRows } from './delete.js';

/**
 * Deletes the ancestors of a snapshot that are `length` or more steps away, as Genkit's file store does. Stops at the
 * session's border: a save does not delete snapshots of another session.
 */
export async function pruneAncestors(
  transaction: WriteTransaction,
  commit: Commit,
  leaf: SnapshotRow,
  length: number,
): Promise<void> {
  const snapshots = transaction.objectStore('snapshots');
  const chain = new Set([leaf.id]);
  let parentId = leaf.info.parentId;
  while (parentId !== undefined && !chain.has(parentId)) {
    const row = await snapshots.get(parentId);
    if (!isSnapshotRow(row) || row.sessionId !== leaf.sessionId) break;
    chain.add(row.id);
    parentId = row.info.parentId;
  }
  const tooFar = [...chain].slice(length);
  if (tooFar.length === 0) return;
  await removeRows(transaction, commit, leaf.sessionId, tooFar);
}

import { isSnapshotRow } from '../database/rows.js';
import {
  startingWith,
  type ReadTransaction,
  type SnapshotRow,
  type WriteTransaction,
} from '../database/schema.js';
import { together } from '../database/transaction.js';

/** Whether a snapshot of the session names `id` as its parent. A snapshot never names itself. */
export async function hasChildren(
  transaction: ReadTransaction,
  id: string,
  sessionId: string,
): Promise<boolean> {
  return (await transaction.objectStore('snapshots').index('parentId').count([id, sessionId])) > 0;
}

/** Marks a row as a leaf or not, in memory; says whether that changed anything. */
export function markLeaf(row: SnapshotRow, leaf: boolean): boolean {
  if (leaf === (row.leafOf !== undefined)) return false;
  if (leaf) row.leafOf = row.sessionId;
  else delete row.leafOf;
  return true;
}

/** Brings the leaf mark of `id` up to date after a child of it in the session came, moved or went. */
export async function updateLeaf(
  transaction: WriteTransaction,
  id: string | undefined,
  sessionId: string,
): Promise<void> {
  if (id === undefined || sessionId === '') return;
  const snapshots = transaction.objectStore('snapshots');
  const [row, inner] = await together(
    () => snapshots.get(id),
    () => hasChildren(transaction, id, sessionId),
  );
  if (isSnapshotRow(row) && row.sessionId === sessionId && markLeaf(row, !inner)) await snapshots.put(row);
}

/** The key of the session's latest leaf: greatest `createdAt`, then saved last. */
export async function latestLeafId(
  transaction: ReadTransaction,
  sessionId: string,
): Promise<string | undefined> {
  const cursor = await transaction
    .objectStore('snapshots')
    .index('latestLeaf')
    .openKeyCursor(startingWith(sessionId), 'prev');
  return cursor?.primaryKey;
}

import type { SnapshotInfo } from '../contract/session.js';
import { wholeSession, wholeSnapshot } from '../database/rows.js';
import type { ReadTransaction, SessionRow, SnapshotRow } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { loadState } from '../logs/load.js';
import type { LoadedState } from '../logs/state.js';
import { countLeaves, readLeaves } from './leaves.js';
import type { Recent } from './recent.js';
import { snapshotInfo } from './rows.js';

export interface StoredSnapshot {
  row: SnapshotRow;
  state: LoadedState | null | undefined;
}

/** A snapshot with its state. */
export async function readSnapshot(
  transaction: ReadTransaction,
  recent: Recent,
  id: string,
): Promise<StoredSnapshot | undefined> {
  const row = wholeSnapshot(await transaction.objectStore('snapshots').get(id), id);
  if (!row) return undefined;
  const remembered = recent.state(row);
  if (remembered) return { row, state: remembered.state };
  const state = await loadState(transaction, row);
  recent.remember(row, state);
  return { row, state };
}

/** The session's latest leaf, at the same number of requests whatever the session's length. */
export async function readLatest(
  transaction: ReadTransaction,
  recent: Recent,
  sessionId: string,
  rejectBranching: boolean,
): Promise<StoredSnapshot | undefined> {
  let { leaves, latest } = await readLeaves(transaction, sessionId);
  let stored = latest && (await readSnapshot(transaction, recent, latest.id));
  if (!stored) {
    // A row that was lost, or deleted when nothing told any more whose it was, is still taken for a leaf.
    ({ leaves, latest } = await countLeaves(transaction, sessionId));
    stored = latest && (await readSnapshot(transaction, recent, latest.id));
  }
  if (!stored) {
    const session = await transaction.objectStore('sessions').getKey(sessionId);
    if (session === undefined) return undefined;
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `session "${sessionId}" has no leaf: its history is cyclic. Load a snapshot by snapshotId instead`,
      'sessionId',
    );
  }
  if (rejectBranching && leaves > 1) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `session "${sessionId}" has branching snapshots (${leaves} leaves). Load a snapshot by snapshotId instead`,
      'sessionId',
    );
  }
  return stored;
}

export async function readSession(transaction: ReadTransaction, id: string): Promise<SessionRow | undefined> {
  return wholeSession(await transaction.objectStore('sessions').get(id), id);
}

/** The selected snapshot, if it is still there, otherwise the latest leaf; without its state. */
export async function readHead(
  transaction: ReadTransaction,
  sessionId: string,
): Promise<SnapshotInfo | undefined> {
  const session = await readSession(transaction, sessionId);
  const snapshots = transaction.objectStore('snapshots');
  for (const id of [session?.selected, session?.latest?.id]) {
    const row = id === undefined ? undefined : await snapshots.get(id);
    if (row?.sessionId === sessionId) return snapshotInfo(wholeSnapshot(row, row.id)!);
  }
  const { latest } = await countLeaves(transaction, sessionId);
  return latest && snapshotInfo((await snapshots.get(latest.id))!);
}

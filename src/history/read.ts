import type { SnapshotInfo } from '../contract/session.js';
import { wholeSession, wholeSnapshot } from '../database/rows.js';
import { startingWith, type ReadTransaction, type SessionRow, type SnapshotRow } from '../database/schema.js';
import { together } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { loadState, type LoadedState } from '../logs/load.js';
import { latestLeafId } from './leaves.js';
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
  const [id, session, leaves] = await together(
    () => latestLeafId(transaction, sessionId),
    () => transaction.objectStore('sessions').getKey(sessionId),
    async () =>
      rejectBranching
        ? transaction.objectStore('snapshots').index('latestLeaf').count(startingWith(sessionId))
        : 1,
  );
  if (id === undefined) {
    if (session === undefined) return undefined;
    const lost = await unmarkedLeaf(transaction, sessionId);
    if (lost !== undefined) return readSnapshot(transaction, recent, lost);
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `session "${sessionId}" has no leaf: its history is cyclic. Load a snapshot by snapshotId instead`,
      'sessionId',
    );
  }
  if (leaves > 1) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `session "${sessionId}" has branching snapshots (${leaves} leaves). Load a snapshot by snapshotId instead`,
      'sessionId',
    );
  }
  return readSnapshot(transaction, recent, id);
}

/** A leaf that carries no mark, because its child can no longer be read, or was deleted after it could not. */
async function unmarkedLeaf(transaction: ReadTransaction, sessionId: string): Promise<string | undefined> {
  const rows = await transaction.objectStore('snapshots').index('sessionId').getAll(startingWith(sessionId));
  const parents = new Set(rows.map((row) => row.info?.parentId));
  return rows.reverse().find(({ id }) => !parents.has(id))?.id;
}

export async function readSession(transaction: ReadTransaction, id: string): Promise<SessionRow | undefined> {
  return wholeSession(await transaction.objectStore('sessions').get(id), id);
}

/** The selected snapshot, if it is still there, otherwise the latest leaf; without its state. */
export async function readHead(
  transaction: ReadTransaction,
  sessionId: string,
): Promise<SnapshotInfo | undefined> {
  const [session, latest] = await together(
    () => readSession(transaction, sessionId),
    () => latestLeafId(transaction, sessionId),
  );
  for (const id of [session?.selected, latest]) {
    const row = id === undefined ? undefined : await transaction.objectStore('snapshots').get(id);
    if (row?.sessionId === sessionId) return snapshotInfo(wholeSnapshot(row, row.id)!);
  }
  return undefined;
}

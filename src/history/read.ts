import type { SnapshotInfo } from '../contract/session.js';
import type { SessionSnapshot, SessionState } from '../contract/snapshot.js';
import { dataLoss, isStateRow, wholeSession, wholeSnapshot } from '../database/rows.js';
import { startingWith, type ReadTransaction, type SessionRow, type SnapshotRow } from '../database/schema.js';
import { together } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { latestLeafId } from './leaves.js';
import { snapshotInfo } from './rows.js';

export interface StoredSnapshot<S> {
  row: SnapshotRow;
  snapshot: SessionSnapshot<S>;
}

/** A snapshot with its state, exactly as it was saved. */
export async function readSnapshot<S>(
  transaction: ReadTransaction,
  id: string,
): Promise<StoredSnapshot<S> | undefined> {
  const [stored, state] = await together(
    () => transaction.objectStore('snapshots').get(id),
    () => transaction.objectStore('states').get(id),
  );
  const row = wholeSnapshot(stored, id);
  if (!row) return undefined;
  if (row.hasState ? !isStateRow(state) : state) throw dataLoss('snapshot', id);
  const snapshot = snapshotInfo(row) as SessionSnapshot<S>;
  if (state) snapshot.state = state.state as SessionState<S>;
  return { row, snapshot };
}

/** The session's latest leaf, at the same number of requests whatever the session's length. */
export async function readLatest<S>(
  transaction: ReadTransaction,
  sessionId: string,
  rejectBranching: boolean,
): Promise<StoredSnapshot<S> | undefined> {
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
    if (lost !== undefined) return readSnapshot(transaction, lost);
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
  return readSnapshot(transaction, id);
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

import type { SnapshotInfo } from '../../types/session.js';
import { wholeSession, wholeSnapshot } from '../../database/rows.js';
import type { ReadTransaction, SessionRow, SnapshotRow } from '../../database/schema.js';
import { SessionStoreError } from '../../errors.js';
import { requestAll } from '../../database/transaction.js';
import { loadState, readAhead } from '../../logs/load.js';
import { countLeaves, readLeaves } from '../session-row.js';
import type { SnapshotCache } from '../cache.js';
import { snapshotInfo, type StoredSnapshot, type ApplyExpiry } from '../stored-snapshot.js';

/**
 * Reads a snapshot with its state. `hasChanged`: it was probably appended to since the last read, so its logs are read
 * together with its row.
 */
export async function readSnapshot(
  transaction: ReadTransaction,
  recent: SnapshotCache,
  id: string,
  hasChanged = false,
): Promise<StoredSnapshot | undefined> {
  const last = hasChanged && recent.latestState(id);
  const [stored, ahead] = await requestAll(
    () => transaction.objectStore('snapshots').get(id),
    async () => (last ? readAhead(transaction, last) : undefined),
  );
  const row = wholeSnapshot(stored, id);
  if (!row) return undefined;
  const remembered = recent.state(row);
  if (remembered) return { row, state: remembered.state };
  const state = await loadState(transaction, row, ahead);
  recent.remember(row, state);
  return { row, state };
}

/** Reads the session's latest leaf, with a number of requests that does not depend on the session's length. */
export async function readLatest(
  transaction: ReadTransaction,
  recent: SnapshotCache,
  sessionId: string,
  rejectBranching: boolean,
): Promise<StoredSnapshot | undefined> {
  let { leaves, latest } = await readLeaves(transaction, sessionId);
  let stored = latest && (await readSnapshot(transaction, recent, latest.id));
  if (stored?.row.sessionId !== sessionId) {
    // The session's row may still name a lost row, or one that was deleted while its session was unknown, as a leaf; or
    // one that is now in another session.
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

/** Reads a snapshot's row. Errors: `NOT_FOUND`. */
export async function requireRow(transaction: ReadTransaction, id: string): Promise<SnapshotRow> {
  const row = wholeSnapshot(await transaction.objectStore('snapshots').get(id), id);
  if (row) return row;
  throw new SessionStoreError('NOT_FOUND', `there is no snapshot "${id}"`, 'snapshotId');
}

export async function readSession(transaction: ReadTransaction, id: string): Promise<SessionRow | undefined> {
  return wholeSession(await transaction.objectStore('sessions').get(id), id);
}

/** Reads the selected snapshot if it exists, otherwise the latest leaf; without state. */
export async function readHead(
  transaction: ReadTransaction,
  sessionId: string,
  applyExpiry: ApplyExpiry,
): Promise<SnapshotInfo | undefined> {
  const session = await readSession(transaction, sessionId);
  const snapshots = transaction.objectStore('snapshots');
  for (const id of [session?.selected, session?.latest?.id]) {
    const row = id === undefined ? undefined : await snapshots.get(id);
    if (row?.sessionId === sessionId) return applyExpiry(snapshotInfo(wholeSnapshot(row, row.id)!), row);
  }
  const { latest } = await countLeaves(transaction, sessionId);
  const row = latest && (await snapshots.get(latest.id));
  return row && applyExpiry(snapshotInfo(row), row);
}

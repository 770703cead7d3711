import type { SnapshotInfo } from '../../types/session.js';
import { wholeSession, wholeSnapshot } from '../../database/rows.js';
import type { ReadTransaction, SessionRow, SnapshotRow, Spans } from '../../database/schema.js';
import { SessionStoreError } from '../../errors.js';
import { requestAll } from '../../database/transaction.js';
import { assembleState, entriesIn, loadRows, ownState, readAhead, readReach } from '../../logs/load.js';
import { countLeaves, readLeaves } from '../session-row.js';
import type { SnapshotCache } from '../cache.js';
import { copy } from '../../values/clone.js';
import { ownOf } from '../../values/schema.js';
import { snapshotInfo, type StoredSnapshot, type ApplyExpiry } from '../stored-snapshot.js';

/** The snapshot whose state was last given away. */
export interface Given {
  id: string | undefined;
}

/**
 * Reads a snapshot with its state. `hasChanged`: it was probably appended to since the last read, so its logs are read
 * together with its row; `reach`: so is what its state probably reaches. `given`: its state may be given away, unless it
 * was the last time; then it is not remembered. `found`: its row, if that was read.
 *
 * What a remembered parent reaches is not read again if the parent is as it was: what a snapshot reaches never changes.
 */
export async function readSnapshot(
  transaction: ReadTransaction,
  recent: SnapshotCache,
  id: string,
  hasChanged = false,
  reach?: Spans,
  given?: Given,
  found?: unknown,
): Promise<StoredSnapshot | undefined> {
  const snapshots = transaction.objectStore('snapshots');
  const last = hasChanged ? recent.latest(id)?.row : undefined;
  const lastBase = recent.latest(last?.info.parentId);
  const [stored, lastParent, ahead] = await requestAll(
    async () => found ?? snapshots.get(id),
    async () => lastBase && snapshots.get(lastBase.row.id),
    async () => {
      if (reach) return readReach(transaction, [reach]);
      return last ? readAhead(transaction, last, entriesIn(lastBase?.state)) : undefined;
    },
  );
  const row = wholeSnapshot(stored, id);
  if (!row) return undefined;
  const remembered = recent.state(row);
  if (remembered) return { row, state: remembered.state };
  const { parentId } = row.info;
  // Whoever watches a snapshot reads it again and again.
  if (hasChanged && parentId !== undefined && !recent.latest(parentId))
    await readSnapshot(transaction, recent, parentId).catch(() => {});
  const base = lastBase ?? recent.latest(parentId);
  const known = base && entriesIn(base.state);
  const [parent, rest] = await requestAll(
    async () => lastParent ?? (base && snapshots.get(base.row.id)),
    async () => known && loadRows(transaction, row, ahead, known).catch(() => {}),
  );
  if (rest && parent?.version === base!.row.version) {
    const state = assembleState(row, rest, known);
    recent.remember(row, state);
    return { row, state };
  }
  const logs = await loadRows(transaction, row, ahead);
  const own = row.state && given && given.id !== id && ownState(row, logs);
  if (own) return { row, state: undefined, own };
  const state = assembleState(row, logs);
  recent.remember(row, state);
  return { row, state };
}

/** Reads the session's latest leaf, with a number of requests that does not depend on the session's length. */
export async function readLatest(
  transaction: ReadTransaction,
  recent: SnapshotCache,
  sessionId: string,
  rejectBranching: boolean,
  given?: Given,
): Promise<StoredSnapshot | undefined> {
  const last = recent.lastOf(sessionId);
  let [{ leaves, latest }, found] = await requestAll(
    () => readLeaves(transaction, sessionId),
    async () => last !== undefined && transaction.objectStore('snapshots').get(last),
  );
  // Earlier rows do not say it.
  const reach = latest && !recent.latest(latest.id) && (ownOf(latest, 'reach') as Spans | undefined);
  const row = (latest?.id === last && found) || undefined;
  let stored =
    latest && (await readSnapshot(transaction, recent, latest.id, false, reach || undefined, given, row));
  if (stored?.row.sessionId !== sessionId) {
    // The session's row may still name a lost row, or one that was deleted while its session was unknown, as a leaf; or
    // one that is now in another session.
    ({ leaves, latest } = await countLeaves(transaction, sessionId));
    stored = latest && (await readSnapshot(transaction, recent, latest.id, false, undefined, given));
  }
  if (!stored) {
    if (!(await readSession(transaction, sessionId))) return undefined;
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

export async function readInfo(
  transaction: ReadTransaction,
  id: string,
  applyExpiry: ApplyExpiry,
): Promise<SnapshotInfo | undefined> {
  const row = wholeSnapshot(await transaction.objectStore('snapshots').get(id), id);
  return row && applyExpiry(copy(snapshotInfo(row)), row);
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

import { startingWith } from '../../database/key-order.js';
import { isHidden, isSessionRow, isSnapshotRow } from '../../database/rows.js';
import { STORES, type WriteTransaction } from '../../database/schema.js';
import { ofAll } from '../../database/pace.js';
import { requestAll } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import { freeUnreached } from '../../logs/garbage-collect.js';
import {
  beginCommit,
  type Commit,
  EVERYTHING,
  NO_SESSION,
  noteLoose,
  putSession,
  type Stretch,
  withWritten,
} from '../commit.js';
import { note } from '../outbox.js';
import { countLeaves, sessionRow } from '../session-row.js';
import { selectionWithout } from '../selection.js';
import { spansOf } from '../../database/spans.js';

export type Removal = Commit & { removed: number };

/** Deletes one snapshot, or its whole subtree. Also works on unreadable rows. */
export async function removeSnapshot(
  transaction: WriteTransaction,
  id: string,
  subtree: boolean,
): Promise<Removal | null> {
  const row: unknown = await transaction.objectStore('snapshots').get(id);
  if (row === undefined || isHidden(row)) return null;
  const sessionId = (row as { sessionId?: unknown }).sessionId;
  const owner = typeof sessionId === 'string' ? sessionId : '';
  const ids = await subtreeOf(transaction, id, owner);
  if (ids.length > 1 && !subtree) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `snapshot "${id}" has others that continue it. Delete those first, or pass { subtree: true }`,
      'snapshotId',
    );
  }
  const commit = await beginCommit(transaction);
  await removeRows(transaction, commit, owner, ids, undefined, true);
  if (owner === '' && !isSnapshotRow(row)) {
    // It has lost even its session, among whose last saves it may be named.
    const sessions = transaction.objectStore('sessions');
    for (const session of await sessions.getAll()) {
      if (isSessionRow(session) && session.changes?.some((save) => save?.[0] === id))
        await sessions.put({ ...session, changes: [] });
    }
  }
  return { ...commit, removed: ids.length };
}

export async function removeSession(
  transaction: WriteTransaction,
  sessionId: string,
  begin = beginCommit,
): Promise<Removal | null> {
  const [ids, session] = await requestAll(
    () => transaction.objectStore('snapshots').index('sessionId').getAllKeys(startingWith(sessionId)),
    () => transaction.objectStore('sessions').get(sessionId),
  );
  if (isHidden(session) || (ids.length === 0 && session === undefined)) return null;
  const commit = await begin(transaction);
  await removeRows(transaction, commit, sessionId, ids, undefined, true);
  return { ...commit, removed: ids.length };
}

/** Deletes everything but the clock, by which watchers tell what comes later. */
export async function removeAll(transaction: WriteTransaction, begin = beginCommit): Promise<Commit> {
  const commit = await begin(transaction);
  const sessions: any[] = transaction.syncs ? await transaction.objectStore('sessions').getAll() : [];
  for (const row of sessions) note(transaction, 'gone', (row.hidden ?? row).incarnation, row.id);
  const stores = STORES.filter((name) => !/^(?:meta|outbox|sync)$/.test(name));
  await ofAll(stores, (name) => transaction.objectStore(name).clear());
  if (commit.hasNoRoom) await transaction.objectStore('meta').delete('loose');
  else await noteLoose(transaction, EVERYTHING, [{ since: 1, version: commit.version }]);
  return { ...commit, cleared: true };
}

/** Deletes snapshots of one session and updates its row; `everywhere`: on other devices, too. */
export async function removeRows(
  transaction: WriteTransaction,
  commit: Commit,
  sessionId: string,
  ids: readonly string[],
  signal?: AbortSignal,
  everywhere = false,
): Promise<void> {
  const snapshots = transaction.objectStore('snapshots');
  const sessions = transaction.objectStore('sessions');
  const rows: unknown[] = await ofAll(ids, (id) => snapshots.get(id), signal);
  await ofAll(ids, (id) => snapshots.delete(id), signal);
  await freeUnreached(transaction, sessionId, rows.filter(isSnapshotRow).flatMap(spansOf), signal);
  const noteEnd = async (id: string, before?: readonly Stretch[]) => {
    if (!commit.hasNoRoom) await noteLoose(transaction, id, withWritten(before, commit));
  };
  if (sessionId === '') return noteEnd(NO_SESSION);
  const [remaining, session] = await requestAll(
    () => snapshots.index('sessionId').count(startingWith(sessionId)),
    () => sessions.get(sessionId),
  );
  const incarnation = everywhere && isSessionRow(session) ? session.incarnation : undefined;
  if (incarnation !== undefined) {
    if (remaining === 0) note(transaction, 'gone', incarnation, sessionId);
    else for (const id of ids) note(transaction, 'snapshot', id, incarnation);
  }
  if (remaining === 0) {
    commit.sessions.set(sessionId, undefined);
    await sessions.delete(sessionId);
    return noteEnd(sessionId, isSessionRow(session) ? session.written : undefined);
  }
  if (!isSessionRow(session)) return;
  const leaves = await countLeaves(transaction, sessionId);
  let { selected } = session;
  const gone = new Map(ids.map((id, index) => [id, rows[index]]));
  if (selected !== undefined && gone.has(selected)) {
    selected = await selectionWithout(
      selected,
      (id) => gone.get(id) ?? snapshots.get(id),
      (row) => !gone.has(row.id) && row.sessionId === sessionId && isSnapshotRow(row),
    );
  }
  await putSession(transaction, commit, sessionRow(session, leaves, remaining, selected, commit));
}

async function subtreeOf(transaction: WriteTransaction, id: string, sessionId: string): Promise<string[]> {
  const children = transaction.objectStore('snapshots').index('parentId');
  const found = new Set([id]);
  // Iterating a set includes what is added meanwhile, and a cyclic history ends at what is already in it.
  for (const node of found)
    for (const child of await children.getAllKeys([node, sessionId])) found.add(child);
  return [...found];
}

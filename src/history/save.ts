import type { SessionSnapshot, SnapshotMutator } from '../contract/snapshot.js';
import { wholeSnapshot } from '../database/rows.js';
import type { SessionRow, SnapshotRow, WriteTransaction } from '../database/schema.js';
import { together } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { cloned } from '../validation/clone.js';
import { beginCommit, type Commit } from './commit.js';
import { hasChildren, markLeaf, updateLeaf } from './leaves.js';
import { pruneAncestors } from './prune.js';
import { readSession, readSnapshot } from './read.js';

export interface SaveRequest<S> {
  snapshotId: string | undefined;
  /** Already wrapped: returns a valid snapshot or null. */
  mutator: SnapshotMutator<S>;
  generateId: () => string;
  maxPersistedChainLength: number | undefined;
}

/** Reads, mutates and writes one snapshot. `null` if the mutator wants nothing written. */
export async function saveSnapshot<S>(
  transaction: WriteTransaction,
  request: SaveRequest<S>,
): Promise<(Commit & { snapshotId: string }) | null> {
  const snapshots = transaction.objectStore('snapshots');
  const current =
    request.snapshotId === undefined ? undefined : await readSnapshot<S>(transaction, request.snapshotId);
  // The row stays as it is stored, whatever the mutator does to its copy of the snapshot.
  const before = current?.row;
  const input = request.mutator(current?.snapshot);
  if (input === null) return null;

  const chosenId = request.snapshotId ?? input.snapshotId;
  const id = chosenId ?? request.generateId();
  // Before anything is awaited: the caller may go on changing it.
  const snapshot: SessionSnapshot<S> = cloned({ ...input, snapshotId: id });
  const stored = before ?? (input.snapshotId === id ? wholeSnapshot(await snapshots.get(id), id) : undefined);
  const owner = ownerOf(snapshot, stored);
  keepParent(snapshot, stored);

  const commit = await beginCommit(transaction);
  const row = toRow(snapshot, owner, commit.version);
  const { state, parentId } = snapshot;
  const joins = owner !== '' && stored?.sessionId !== owner;
  if (joins ? !(await hasChildren(transaction, id, owner)) : stored?.leafOf !== undefined)
    markLeaf(row, true);

  const states = transaction.objectStore('states');
  await together(
    // Nobody chose the id, so nothing may be stored under it.
    () => (chosenId === undefined ? snapshots.add(row) : snapshots.put(row)),
    () => (row.hasState ? states.put({ id, state }) : states.delete(id)) as Promise<unknown>,
  );
  if (joins || parentId !== stored?.info.parentId) {
    await updateLeaf(transaction, parentId, owner);
    await updateLeaf(transaction, stored?.info.parentId, owner);
  }
  if (owner !== '') commit.sessions.set(owner, await saveSession(transaction, row, joins));
  if (request.maxPersistedChainLength !== undefined) {
    await pruneAncestors(transaction, commit, row, request.maxPersistedChainLength);
  }
  commit.snapshots.push(snapshot);
  return { ...commit, snapshotId: id };
}

/** Who owns the row. A rewrite that names no session stays where it is; moving to another one is refused. */
function ownerOf<S>(snapshot: SessionSnapshot<S>, stored: SnapshotRow | undefined): string {
  const named = snapshot.sessionId ?? snapshot.state?.sessionId;
  const owner = stored?.sessionId || named;
  if (named !== undefined && named !== owner) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `snapshot "${snapshot.snapshotId}" belongs to session "${owner}" and cannot move to "${named}". Save it under a new snapshotId instead`,
      'sessionId',
    );
  }
  if (owner !== undefined && named === undefined) snapshot.sessionId = owner;
  return owner ?? '';
}

/** Genkit names a snapshot as its own parent when a detached turn finishes; what is stored is right. */
function keepParent<S>(snapshot: SessionSnapshot<S>, stored: SnapshotRow | undefined): void {
  if (snapshot.parentId !== snapshot.snapshotId) return;
  if (stored?.info.parentId === undefined) delete snapshot.parentId;
  else snapshot.parentId = stored.info.parentId;
}

function toRow<S>(snapshot: SessionSnapshot<S>, sessionId: string, version: number): SnapshotRow {
  const { snapshotId: id, state: _, ...info } = snapshot;
  return {
    id,
    sessionId,
    createdMs: Date.parse(info.createdAt),
    version,
    hasState: 'state' in snapshot,
    info,
  };
}

async function saveSession(
  transaction: WriteTransaction,
  row: SnapshotRow,
  joins: boolean,
): Promise<SessionRow> {
  const sessions = transaction.objectStore('sessions');
  const { sessionId: id, createdMs, version, info } = row;
  const updatedMs = Math.max(createdMs, Date.parse(String(info['updatedAt'] ?? info.createdAt)));
  const stored = await readSession(transaction, id);
  const session: SessionRow = {
    ...(stored ?? { id, snapshots: 0 }),
    createdMs: Math.min(createdMs, stored?.createdMs ?? createdMs),
    updatedMs: Math.max(updatedMs, stored?.updatedMs ?? updatedMs),
    version,
  };
  if (joins) {
    session.snapshots++;
    // Whoever continues the selected branch wants to come back to where they got.
    if (session.selected !== undefined && session.selected === info.parentId) session.selected = row.id;
  }
  await sessions.put(session);
  return session;
}

import type {
  ListOptions,
  ListSnapshotsOptions,
  SessionPage,
  SessionPatch,
  SnapshotPage,
} from '../../types/session.js';
import { isSessionRow, isSnapshotRow, sortOut } from '../../database/rows.js';
import type { ReadTransaction, SessionRow, WriteTransaction } from '../../database/schema.js';
import { SessionStoreError } from '../../errors.js';
import { taken } from '../../values/arguments.js';
import { bare, removeUndefined } from '../../values/property.js';
import { optional, ownOf, record, string } from '../../values/schema.js';
import { cloned } from '../../values/clone.js';
import { beginCommit, type Commit, putSession } from '../commit.js';
import { noteEdits } from '../outbox.js';
import { readPage } from './page.js';
import { readSession, requireRow } from './snapshots.js';
import { sessionInfo, snapshotInfo, type ApplyExpiry } from '../stored-snapshot.js';

const patchShape = { title: optional(string), metadata: optional(record) };

export async function listSessions(transaction: ReadTransaction, options: ListOptions): Promise<SessionPage> {
  const index = transaction.objectStore('sessions').index('updatedMs');
  const { rows, cursor } = await readPage(index, [], options);
  const { whole, damaged } = sortOut(rows, isSessionRow);
  return { sessions: whole.map((row) => sessionInfo(row)), cursor, damaged };
}

export async function listSnapshots(
  transaction: ReadTransaction,
  options: ListSnapshotsOptions,
  applyExpiry: ApplyExpiry,
): Promise<SnapshotPage> {
  const index = transaction.objectStore('snapshots').index('sessionId');
  const { rows, cursor } = await readPage(index, [options.sessionId], options);
  const { whole, damaged } = sortOut(rows, isSnapshotRow);
  return { snapshots: whole.map((row) => applyExpiry(snapshotInfo(row), row)), cursor, damaged };
}

/** Checks and copies a patch before the transaction begins. */
export function requirePatch(patch: SessionPatch): SessionPatch {
  return bare(cloned(taken(patchShape, patch, 'patch'), 'patch'));
}

export function updateSession(
  transaction: WriteTransaction,
  sessionId: string,
  patch: SessionPatch,
): Promise<Commit & { session: SessionRow }> {
  const edited = ['title' in patch && 'title'];
  return changeSession(transaction, sessionId, edited, patch.metadata, (session) => {
    if ('title' in patch) Object.assign(session, { title: patch.title });
    if (patch.metadata) {
      session.metadata = { ...(ownOf(session, 'metadata') as object), ...patch.metadata };
    }
    removeUndefined(session);
    removeUndefined(session.metadata ?? {});
  });
}

export async function selectBranch(
  transaction: WriteTransaction,
  snapshotId: string,
): Promise<Commit & { session: SessionRow }> {
  const row = await requireRow(transaction, snapshotId);
  if (row.sessionId === '') {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `snapshot "${snapshotId}" belongs to no session. Save it with a sessionId first`,
      'snapshotId',
    );
  }
  return changeSession(transaction, row.sessionId, ['selected'], {}, (session) => {
    session.selected = snapshotId;
  });
}

async function changeSession(
  transaction: WriteTransaction,
  id: string,
  edited: readonly unknown[],
  metadata: object | undefined,
  change: (session: SessionRow) => void,
): Promise<Commit & { session: SessionRow }> {
  const session = await readSession(transaction, id);
  if (!session) {
    throw new SessionStoreError(
      'NOT_FOUND',
      `there is no session "${id}". A session begins with its first snapshot`,
      'sessionId',
    );
  }
  const commit = await beginCommit(transaction);
  change(session);
  noteEdits(transaction, session, commit.version, edited, metadata);
  await putSession(transaction, commit, session);
  return { ...commit, session };
}

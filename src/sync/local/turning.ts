import { startingWith } from '../../database/key-order.js';
import { ofAll } from '../../database/pace.js';
import { isHidden, isSessionRow } from '../../database/rows.js';
import type { SessionRow, WriteTransaction } from '../../database/schema.js';
import { nanoid } from 'nanoid';
import { beginCommit, type Commit, NO_SESSION, noteLoose, readClock } from '../../snapshots/commit.js';
import { removeAll } from '../../snapshots/delete/delete.js';
import { unnamed } from '../../snapshots/outbox.js';
import { putClock } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import {
  Known,
  type KnownLog,
  type KnownSession,
  putStanding,
  readStanding,
  type Standing,
} from './known.js';

/** Turns syncing on, unless it is. Everything that is there goes into the outbox. */
export async function turnOn(
  transaction: WriteTransaction,
): Promise<{ standing: Standing; commit: Commit | null }> {
  await readClock(transaction);
  const before = await readStanding(transaction);
  if (transaction.syncs && before) return { standing: before, commit: null };
  const standing = before ?? { replica: nanoid(), push: 0 };
  await putStanding(transaction, standing);
  const commit = await beginCommit(transaction);
  transaction.syncs = true;
  putClock(transaction, commit.version);
  await noteLoose(transaction, NO_SESSION, [commit]);
  for (const row of await transaction.objectStore('sessions').getAll()) {
    const session = (isHidden(row) ? (row as { hidden?: unknown }).hidden : row) as SessionRow;
    if (isSessionRow(session) && session.snapshots > 0) await noteAll(transaction, session);
  }
  return { standing, commit };
}

/** Puts a session into the outbox; one that has been pushed before with all its snapshots. */
async function noteAll(transaction: WriteTransaction, session: SessionRow): Promise<void> {
  const outbox = transaction.objectStore('outbox');
  await outbox.put(session.version, ['session', session.id]);
  if (session.incarnation === undefined) return;
  const snapshots = transaction.objectStore('snapshots').index('sessionId');
  const ids = await snapshots.getAllKeys(startingWith(session.id));
  await ofAll(ids, (id) => outbox.put(0, ['snapshot', id]));
}

/** Turns syncing off. `keeps`: what is here stays, and is nobody's again. */
export async function turnOff(
  transaction: WriteTransaction,
  keeps: boolean,
  discards: boolean,
): Promise<Commit | null> {
  await readClock(transaction);
  const outbox = transaction.objectStore('outbox');
  const queued = keeps || discards ? 0 : await outbox.count();
  if (queued > 0) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `${queued} changes have not been sent yet and would be lost. Wait for now(), or pass { discard: true }`,
      'options.discard',
    );
  }
  transaction.syncs = false;
  const commit = keeps ? await beginCommit(transaction) : await removeAll(transaction);
  // The reading that was found says that it syncs.
  transaction.syncs = false;
  putClock(transaction, commit.version);
  await outbox.clear();
  await transaction.objectStore('sync').clear();
  if (!keeps) return commit;
  const sessions = transaction.objectStore('sessions');
  for (const row of await sessions.getAll()) {
    if (isSessionRow(row)) await sessions.put(unnamed(row));
    else if (isHidden(row)) await unnameHidden(transaction, row);
  }
  await noteLoose(transaction, NO_SESSION, [commit]);
  return commit;
}

async function unnameHidden(transaction: WriteTransaction, row: any): Promise<void> {
  const sessions = transaction.objectStore('sessions');
  // One that was listed only was never here.
  if (row.hidden.snapshots === 0) await sessions.delete(row.id);
  else await sessions.put({ ...row, hidden: unnamed(row.hidden) });
}

/** The server was restored: what is here, and what was deleted, is pushed again; the server knows what it has of it. */
export async function forgetServer(
  transaction: WriteTransaction,
  generation: string,
): Promise<Commit | null> {
  await readClock(transaction);
  const standing = await readStanding(transaction);
  // Another tab did it already. Without a cursor only the list could tell that the same generation went back.
  if (!standing || (standing.generation === generation && standing.cursor !== undefined)) return null;
  const { cursor: _, ...rest } = standing;
  await putStanding(transaction, { ...rest, generation });
  const known = new Known(transaction);
  const outbox = transaction.objectStore('outbox');
  const { keys, rows } = await known.all<KnownSession>('session');
  for (const [index, row] of rows.entries()) {
    const incarnation = keys[index][1] as string;
    await known.put('session', incarnation, { ...row, pulled: 0, behind: 0, unsaid: true });
    if (row.deleted) await outbox.put(row.session, ['gone', incarnation]);
  }
  await transaction.objectStore('sync').delete(startingWith('snapshot'));
  await dropSent(known, () => true);
  const commit = await beginCommit(transaction);
  const sessions = transaction.objectStore('sessions');
  for (const row of await sessions.getAll()) {
    if (!isSessionRow(row) || row.incarnation === undefined) continue;
    await noteAll(transaction, row);
    const { fields: __, ...unseen } = row;
    await sessions.put(unseen);
  }
  await noteLoose(transaction, NO_SESSION, [commit]);
  return commit;
}

/** Names this database anew: its logs have other names from now on, and what had the old ones came from elsewhere. */
export async function renameReplica(transaction: WriteTransaction): Promise<void> {
  const standing = await readStanding(transaction);
  if (!standing) return;
  await putStanding(transaction, { ...standing, replica: nanoid() });
  const known = new Known(transaction);
  await dropSent(known, ({ wire }) => wire === undefined);
  await transaction.objectStore('sync').delete(startingWith('held'));
  const { keys, rows } = await known.all<KnownSession>('session');
  for (const [index, row] of rows.entries()) {
    if (row.deleted) continue;
    const behind = Math.max(row.behind, row.pulled, 1);
    await known.put('session', keys[index][1], { ...row, pulled: 0, behind, whole: true });
  }
}

async function dropSent(known: Known, isDropped: (row: KnownLog) => boolean): Promise<void> {
  const { keys, rows } = await known.all<KnownLog>('log');
  for (const [index, row] of rows.entries())
    if (isDropped(row)) await known.putLog(keys[index][1], { ...row, sent: [] });
}

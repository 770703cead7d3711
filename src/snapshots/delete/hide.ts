// Deleting a session so that it can be restored. Loaded when somebody does, or when there is such a session.
import { startingWith } from '../../database/key-order.js';
import { ofAll } from '../../database/pace.js';
import { isHidden, isSessionRow, isSnapshotRow, unreadable, wholeSession } from '../../database/rows.js';
import {
  type HiddenRow,
  type HiddenSession,
  type ReadTransaction,
  ROW_FORMAT,
  type SnapshotRow,
  type WriteTransaction,
} from '../../database/schema.js';
import { spansOf } from '../../database/spans.js';
import { requestAll } from '../../database/transaction.js';
import { freeUnreached } from '../../logs/garbage-collect.js';
import { beginCommit, type Commit, NO_SESSION, noteLoose, putSession, withWritten } from '../commit.js';
import { note } from '../outbox.js';
import type { Removal } from './delete.js';

/** When hidden sessions are deleted for good, in ms, by id. */
export type Due = Map<string, number>;

/** Entries that are not as they should be are no news: `check()` reports them. */
export async function readDue(transaction: ReadTransaction): Promise<Due> {
  return dueIn(await transaction.objectStore('meta').get('hidden'));
}

export const dueIn = (noted: unknown): Due =>
  new Map(Array.isArray(noted) ? (noted as unknown[]).filter(isDue) : []);

const isDue = (each: unknown): each is [string, number] =>
  Array.isArray(each) && typeof each[0] === 'string' && typeof each[1] === 'number';

async function putDue(transaction: WriteTransaction, due: Due): Promise<void> {
  const meta = transaction.objectStore('meta');
  if (due.size > 0) await meta.put([...due], 'hidden');
  else await meta.delete('hidden');
}

/** The ids of hidden sessions: what is noted may be of one that was cleared, or imported, since. */
export async function readHidden(transaction: ReadTransaction): Promise<Set<string>> {
  const ids = [...(await readDue(transaction)).keys()];
  const rows: unknown[] = await ofAll(ids, (id) => transaction.objectStore('sessions').get(id));
  return new Set(ids.filter((_, n) => isHidden(rows[n])));
}

/** The row of a hidden session; `undefined` if there is no such session, or it is not hidden. */
async function hiddenSession(
  transaction: ReadTransaction,
  sessionId: string,
): Promise<HiddenSession | undefined> {
  const row: unknown = await transaction.objectStore('sessions').get(sessionId);
  if (!isHidden(row)) return undefined;
  const session = row as HiddenSession;
  const { snapshots } = session as Partial<HiddenSession>;
  if (Array.isArray(snapshots) && snapshots.every((id) => typeof id === 'string')) return session;
  // Of a damaged row nobody knows what it hid, but for those that it did.
  const rows: unknown[] = await transaction.objectStore('snapshots').getAll();
  const own = rows.filter((each) => hiddenIn(each)?.sessionId === sessionId) as HiddenRow<SnapshotRow>[];
  return { ...session, snapshots: own.map(({ id }) => id) };
}

/** The snapshot in a row that hides it; `undefined` if it is none, or damaged. */
export function hiddenIn(row: unknown): SnapshotRow | undefined {
  const hidden: unknown = isHidden(row) ? (row as HiddenRow<unknown>).hidden : undefined;
  return isSnapshotRow(hidden) ? hidden : undefined;
}

/**
 * Hides a session until `until`; of one that is hidden already, only the time changes. Unreadable snapshots stay where
 * they are, since nobody can say what they are.
 */
export async function hideSession(
  transaction: WriteTransaction,
  sessionId: string,
  until: number,
): Promise<(Removal & { due: Due }) | null> {
  const snapshots = transaction.objectStore('snapshots');
  const [rows, stored, due] = await requestAll(
    () => snapshots.index('sessionId').getAll(startingWith(sessionId)),
    () => transaction.objectStore('sessions').get(sessionId),
    () => readDue(transaction),
  );
  const session = wholeSession(stored, sessionId);
  if (!session && !due.has(sessionId)) return null;
  const commit = await beginCommit(transaction);
  await putDue(transaction, due.set(sessionId, until));
  if (!session) {
    await noteLoose(transaction, NO_SESSION, [commit]);
    return { ...commit, removed: 0, due };
  }
  const whole = rows.filter(isSnapshotRow);
  const put = snapshots.put.bind(snapshots) as (row: unknown) => Promise<unknown>;
  await ofAll(whole, (row) => put({ format: ROW_FORMAT, id: row.id, hidden: row }));
  const hidden: HiddenSession = {
    format: ROW_FORMAT,
    id: sessionId,
    hidden: session,
    snapshots: whole.map(({ id }) => id),
  };
  await transaction.objectStore('sessions').put(hidden as never);
  commit.sessions.set(sessionId, undefined);
  await noteLoose(transaction, sessionId, withWritten(session.written, commit));
  return { ...commit, removed: whole.length, due };
}

/** Shows a hidden session again; `null` if there is none. */
export async function restoreSession(
  transaction: WriteTransaction,
  sessionId: string,
): Promise<Commit | null> {
  const session = await hiddenSession(transaction, sessionId);
  if (!session) return null;
  if (!isSessionRow(session.hidden)) throw unreadable('session', sessionId, session.hidden);
  const commit = await beginCommit(transaction);
  for (const row of await hiddenRows(transaction, session)) {
    await transaction.objectStore('snapshots').put(row);
  }
  await putSession(transaction, commit, session.hidden);
  const due = await readDue(transaction);
  due.delete(sessionId);
  await putDue(transaction, due);
  return commit;
}

async function hiddenRows(transaction: ReadTransaction, session: HiddenSession): Promise<SnapshotRow[]> {
  const rows: unknown[] = await ofAll(session.snapshots, (id) =>
    transaction.objectStore('snapshots').get(id),
  );
  return rows.flatMap((row) => hiddenIn(row) ?? []);
}

/** Deletes for good the hidden sessions that are due; `null` if there are none. */
export async function purgeDue(
  transaction: WriteTransaction,
  now: number,
  begin = beginCommit,
): Promise<Commit | null> {
  const due = await readDue(transaction);
  const ids = [...due].flatMap(([id, until]) => (until <= now ? [id] : []));
  if (ids.length === 0) return null;
  const commit = await begin(transaction);
  for (const id of ids) {
    await purge(transaction, id);
    due.delete(id);
  }
  // What is still noted then is found to be gone the next time.
  if (commit.hasNoRoom) return commit;
  await putDue(transaction, due);
  // For watchers it was deleted when it was hidden.
  await noteLoose(transaction, NO_SESSION, [commit]);
  return commit;
}

/** Deletes a hidden session for good, if there is one. */
export async function purge(transaction: WriteTransaction, sessionId: string): Promise<void> {
  const session = await hiddenSession(transaction, sessionId);
  if (!session) return;
  const snapshots = transaction.objectStore('snapshots');
  const left = await snapshots.index('sessionId').getAllKeys(startingWith(sessionId));
  const rows = await hiddenRows(transaction, session);
  await ofAll([...session.snapshots, ...left], (id) => snapshots.delete(id));
  await transaction.objectStore('sessions').delete(sessionId);
  note(transaction, 'gone', session.hidden.incarnation, sessionId);
  await freeUnreached(transaction, sessionId, rows.flatMap(spansOf));
}

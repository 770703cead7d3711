import { between } from '../database/key-order.js';
import { putClock } from '../database/receipt.js';
import { holdsEncryptedRows, isReading, withoutKey } from '../database/rows.js';
import {
  LATEST_MS,
  type ReadTransaction,
  type SessionRow,
  type WriteTransaction,
} from '../database/schema.js';
import type { StoredSnapshot } from './stored-snapshot.js';
import { withWritten } from './save/written.js';

/** Bytes in small rows from which compaction of a session is worthwhile. */
export const UNMERGED = 64 * 1024;

/** What a transaction wrote, for watchers. */
export interface Commit {
  /** The clock's reading before the commit, which is the previous commit's `version`. */
  since: number;
  /** The clock's reading after the commit; later commits have greater ones. */
  version: number;
  /** In write order; a snapshot that was written twice occurs twice. */
  snapshots: StoredSnapshot[];
  /** The sessions written: the new row, or `undefined` if it was deleted. */
  sessions: Map<string, SessionRow | undefined>;
  /** Everything was deleted. */
  cleared: boolean;
  /** The transaction can only delete, since the disk is full. */
  hasNoRoom?: true;
}

/**
 * The clock's next reading; 0 means a new database.
 *
 * It starts at the time of day in µs, so that the clock of a database that was deleted and made again continues after
 * its predecessor's, and its first writes do not look old.
 */
export const tick = (clock: number): number => (clock || Date.now() * 1000) + 1;

/**
 * The number of the latest log. New logs get greater numbers even if the clock was set back: a reused number would
 * overwrite another snapshot's entries.
 */
export async function latestLog(transaction: WriteTransaction): Promise<number> {
  const range = between(undefined, [LATEST_MS]);
  const last = await transaction.objectStore('logs').openKeyCursor(range, 'prev');
  return last ? last.key[0] : 0;
}

/** An empty commit. */
export const commitFrom = (since: number, version: number): Commit => ({
  since,
  version,
  snapshots: [],
  sessions: new Map(),
  cleared: false,
});

/** Advances the clock in the writer's own transaction. */
export async function beginCommit(transaction: WriteTransaction): Promise<Commit> {
  const since = await readClock(transaction);
  const version = tick(since);
  await putClock(transaction, version);
  return commitFrom(since, version);
}

/**
 * Advances the clock on a full disk by deleting it: it starts again at the time of day, which is later than all its
 * readings.
 */
export async function beginCommitWithoutRoom(transaction: WriteTransaction): Promise<Commit> {
  const since = await readClock(transaction);
  await transaction.objectStore('meta').delete('clock');
  return { ...commitFrom(since, tick(since)), hasNoRoom: true };
}

/** Puts or deletes the session's row and adds it to the commit. */
export function putSession(
  transaction: WriteTransaction,
  commit: Commit,
  session: SessionRow,
): Promise<unknown> {
  session.version = commit.version;
  session.written = withWritten(session.written, commit);
  commit.sessions.set(session.id, session);
  return transaction.objectStore('sessions').put(session);
}

/**
 * Reads the clock; 0 if nothing was ever written. Errors: `PERMISSION_DENIED` if the database is encrypted and there is
 * no key.
 */
export async function readClock(transaction: ReadTransaction): Promise<number> {
  const clock = (await transaction.objectStore('meta').get('clock')) ?? 0;
  // An object without keys is damage rather than encryption, unless rows are encrypted.
  if (typeof clock === 'object' && (Array.isArray(clock.keys) || (await holdsEncryptedRows(transaction))))
    throw withoutKey();
  // An invalid reading, or one that leaves no room for later ones, counts as none: the clock starts again at the time
  // of day.
  return isReading(clock) && clock <= LATEST_MS ? clock : 0;
}

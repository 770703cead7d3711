import { between } from '../database/key-order.js';
import { putClock } from '../database/receipt.js';
import { holdsSealedRows, isReading, withoutKey } from '../database/rows.js';
import {
  LATEST_MS,
  type ReadTransaction,
  type SessionRow,
  type WriteTransaction,
} from '../database/schema.js';
import type { StoredSnapshot } from './stored-snapshot.js';
import { withWritten } from './save/written.js';

/** When a session has this much in small rows, in bytes, it is worth sealing them. */
export const UNSEALED = 64 * 1024;

/** What a transaction wrote, for those who watch. */
export interface Commit {
  /** The clock's reading before; the next commit's is this one's `version`. */
  since: number;
  /** The clock's reading; later commits have greater ones. */
  version: number;
  /** In the order in which they were written; one that was written twice is here twice. */
  snapshots: StoredSnapshot[];
  /** Sessions touched: the row as it is stored now, `undefined` if it was deleted. */
  sessions: Map<string, SessionRow | undefined>;
  /** Everything was deleted. */
  cleared: boolean;
  /** Nothing can be written, only deleted. */
  hasNoRoom?: true;
}

/**
 * The clock's next reading, after a reading of 0 for a new database.
 *
 * It starts at the time of day in µs, so that a database that was deleted and made again runs ahead of its
 * predecessor, and nobody takes its first writes for old ones.
 */
export const tick = (clock: number): number => (clock || Date.now() * 1000) + 1;

/**
 * The number of the latest log, which every new one is greater than. They are numbered by the clock, and one that was put
 * back would have entries of one snapshot written over another's.
 */
export async function latestLog(transaction: WriteTransaction): Promise<number> {
  const range = between(undefined, [LATEST_MS]);
  const last = await transaction.objectStore('logs').openKeyCursor(range, 'prev');
  return last ? last.key[0] : 0;
}

/** One that has written nothing yet. */
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
 * Advances the clock where there is no room to write its next reading, by deleting it: it then begins anew at the
 * time of day, which is later than all its readings.
 */
export async function beginCommitWithoutRoom(transaction: WriteTransaction): Promise<Commit> {
  const since = await readClock(transaction);
  await transaction.objectStore('meta').delete('clock');
  return { ...commitFrom(since, tick(since)), hasNoRoom: true };
}

/** Puts the session's row as the commit leaves it. */
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

/** How far the clock has come; 0 if nothing was ever written. Errors: `PERMISSION_DENIED` without the key. */
export async function readClock(transaction: ReadTransaction): Promise<number> {
  const clock = (await transaction.objectStore('meta').get('clock')) ?? 0;
  // An object without keys locks nothing; rows that are locked tell it themselves.
  if (typeof clock === 'object' && (Array.isArray(clock.keys) || (await holdsSealedRows(transaction))))
    throw withoutKey();
  // What is no reading, or leaves no room for later ones, is as good as none: the clock begins anew at the time of day.
  return isReading(clock) && clock <= LATEST_MS ? clock : 0;
}

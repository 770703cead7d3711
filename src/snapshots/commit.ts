import { between } from '../database/key-order.js';
import { putClock } from '../database/transaction.js';
import { holdsEncryptedRows, isReading, isSyncing, unsigned, withoutKey } from '../database/rows.js';
import {
  LATEST_MS,
  type ReadTransaction,
  type SessionRow,
  type WriteTransaction,
} from '../database/schema.js';
import type { StoredSnapshot } from './stored-snapshot.js';

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
  putClock(transaction, version);
  return commitFrom(since, version);
}

/**
 * Advances the clock on a full disk by deleting it: it starts again at the time of day, which is later than all its
 * readings.
 */
export async function beginCommitWithoutRoom(transaction: WriteTransaction): Promise<Commit> {
  const since = await readClock(transaction);
  await transaction.objectStore('meta').delete('clock');
  // There is no room to note anything.
  transaction.syncs = false;
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
  const stored = (await transaction.objectStore('meta').get('clock')) ?? 0;
  transaction.syncs = isSyncing(stored);
  const clock: any = unsigned(stored);
  // An object without keys is damage rather than encryption, unless rows are encrypted.
  if (typeof clock === 'object' && (Array.isArray(clock.keys) || (await holdsEncryptedRows(transaction))))
    throw withoutKey();
  // An invalid reading, or one that leaves no room for later ones, counts as none: the clock starts again at the time
  // of day.
  return isReading(clock) && clock <= LATEST_MS ? clock : 0;
}

/** The clock's reading before and after some writes. */
export interface Stretch {
  since: number;
  version: number;
}

/**
 * How many stretches a row keeps: enough for tabs that read soon after; others notice a gap and read everything again.
 */
const MOST = 8;

/**
 * Ids of `loose` stretches: `EVERYTHING` for a clear, `NO_SESSION` for a write that belongs to no session. Session ids are
 * never blank.
 */
export const EVERYTHING = '';
export const NO_SESSION = ' ';

/**
 * Adds a stretch to those in which only this session was written. Readers of the row learn from them which commits were
 * the session's.
 */
export function withWritten(before: readonly Stretch[] = [], { since, version }: Stretch): Stretch[] {
  const last = before.at(-1);
  if (last && last.version >= version) return [...before];
  // A stretch from 0 is not extended, since it tells that the database is new.
  if (last?.since && last.version === since) return [...before.slice(0, -1), { since: last.since, version }];
  return [...before, { since, version }].slice(-MOST);
}

/** A stretch that no session's row records. */
type Loose = Stretch & { id: string };

/** Records stretches that no session's row can record. */
export async function noteLoose(
  transaction: WriteTransaction,
  id: string,
  stretches: readonly Stretch[],
): Promise<void> {
  const before = id === EVERYTHING ? [] : await readLoose(transaction);
  const noted = [...before, ...stretches.map(({ since, version }) => ({ id, since, version }))].slice(
    -4 * MOST,
  );
  await transaction.objectStore('meta').put(noted, 'loose');
}

/** The last recorded ones. */
export async function readLoose(transaction: ReadTransaction): Promise<Loose[]> {
  const noted: unknown = await transaction.objectStore('meta').get('loose');
  return Array.isArray(noted) ? noted.filter(isStretch) : [];
}

export const isStretch = (stretch: any): boolean =>
  isReading(stretch?.since) && isReading(stretch.version) && stretch.since < stretch.version;

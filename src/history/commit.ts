import type { SessionSnapshot } from '../contract/snapshot.js';
import type { ReadTransaction, SessionRow, WriteTransaction } from '../database/schema.js';

/** What a transaction wrote, for those who watch. */
export interface Commit {
  /** The clock's reading; later commits have greater ones. */
  version: number;
  /** Snapshots written, as they are stored now. */
  snapshots: SessionSnapshot[];
  /** Sessions touched: the row as it is stored now, `undefined` if it was deleted. */
  sessions: Map<string, SessionRow | undefined>;
  /** Everything was deleted. */
  cleared: boolean;
}

/**
 * Advances the clock in the writer's own transaction.
 *
 * It starts at the time of day in µs, so that a database that was deleted and made again runs ahead of its
 * predecessor, and nobody takes its first writes for old ones.
 */
export async function beginCommit(transaction: WriteTransaction): Promise<Commit> {
  const meta = transaction.objectStore('meta');
  const version = ((await readClock(transaction)) || Date.now() * 1000) + 1;
  await meta.put(version, 'clock');
  return { version, snapshots: [], sessions: new Map(), cleared: false };
}

/** How far the clock has come; 0 if nothing was ever written. */
export async function readClock(transaction: ReadTransaction): Promise<number> {
  return (await transaction.objectStore('meta').get('clock')) ?? 0;
}

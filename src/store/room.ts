import type { HealthEvent, QuotaExceeded, RoomReport } from '../contract/health.js';
import type { StorageReport } from '../contract/storage.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { SessionStoreError } from '../errors.js';
import type { beginCommit } from '../history/commit.js';
import { removeSession, type Removal } from '../history/remove.js';
import { readUsage } from '../history/usage.js';

/** Runs work in a transaction of its own. */
type Read = <T>(work: (transaction: ReadTransaction) => Promise<T>) => Promise<T>;

/** The database that is full. Its work is done at once, before all that waits. */
interface FullDatabase {
  database: string;
  tell: (event: HealthEvent) => void;
  read: Read;
  remove(
    work: (transaction: WriteTransaction, begin: typeof beginCommit) => Promise<Removal | null>,
  ): Promise<Removal | null>;
}

/** How many sessions an error or an event names. */
const MOST = 20;

/**
 * Completes the error with how full it is and what takes most, tells it, and lets the application free some. Resolves
 * to whether that may have helped. Loaded when the disk is full.
 */
export async function makeRoom(
  error: SessionStoreError,
  onQuotaExceeded: ((event: QuotaExceeded) => unknown) | undefined,
  { database, tell, read, remove }: FullDatabase,
): Promise<boolean> {
  const { usage, quota, sessions } = await readStorage(read);
  const room: RoomReport = {
    ...(usage !== undefined && { usage }),
    ...(quota !== undefined && { quota }),
    sessions: sessions.slice(0, MOST),
  };
  error.room = room;
  tell({ type: 'quota', database, ...room });
  if (!onQuotaExceeded) return false;
  const free = async (sessionIds: readonly string[]): Promise<number> => {
    let freed = 0;
    for (const id of sessionIds) {
      freed += (await remove((transaction, begin) => removeSession(transaction, id, begin)))?.removed ?? 0;
    }
    return freed;
  };
  await onQuotaExceeded({ database, ...room, free });
  return true;
}

export async function readStorage(read: Read): Promise<StorageReport> {
  const storage = storageManager();
  const [used, estimate, persisted] = await Promise.all([
    read(readUsage),
    storage?.estimate?.(),
    storage?.persisted?.(),
  ]);
  const { usage, quota } = estimate ?? {};
  return {
    // Of the whole origin, and only told: nothing is decided by it.
    ...(usage !== undefined && { usage }),
    ...(quota !== undefined && { quota }),
    ...(persisted !== undefined && { persisted }),
    ...used,
  };
}

/** Absent in insecure contexts, on servers, and in parts in WebKitGTK. */
const storageManager = (): Partial<StorageManager> | undefined =>
  typeof navigator === 'undefined' ? undefined : navigator.storage;

import type { HealthEvent, QuotaExceeded } from '../../types/health.js';
import type { StorageReport } from '../../types/storage.js';
import type { RoomReport, SessionStoreError } from '../../errors.js';
import { within } from '../../runtime/timeout.js';
import { removeSession } from '../../snapshots/delete/delete.js';
import type { DeletingAccess } from '../../snapshots/database-access.js';
import { readUsage } from './usage.js';
import { estimateStorage, isStoragePersisted, report } from '../../platform/browser.js';
import type { Retention } from '../retention/scheduler.js';

/** A database that is full, and who can do something about it. */
interface FullDatabase {
  database: string;
  tell: (event: HealthEvent) => void;
  /** Its work is done at once, before all that waits. */
  access: DeletingAccess;
  retention: Retention | undefined;
  onQuotaExceeded: ((event: QuotaExceeded) => unknown) | undefined;
}

/** How many sessions an error or an event names. */
const MOST = 20;

/** How long the browser may take to tell how much room there is, in ms. Whoever asks, or has no room, is not kept longer. */
const TELLING_MS = 10_000;

const told = <T>(asked: Promise<T>): Promise<T | undefined> =>
  within(asked, TELLING_MS, () => new Error()).catch(() => undefined);

/**
 * Tries a write again that has found no room, when the retention policy has made some. If that is not enough, tells
 * how full it is and what takes most, lets the application free some, and tries a last time. Loaded when the disk is
 * full.
 */
export async function writeWithRoom<T>(
  error: SessionStoreError,
  write: () => Promise<T>,
  { database, tell, access, retention, onQuotaExceeded }: FullDatabase,
): Promise<T> {
  if (await hasFreed(retention, access)) {
    try {
      return await write();
    } catch (again) {
      if ((again as SessionStoreError).status !== 'RESOURCE_EXHAUSTED') throw again;
    }
  }
  const { usage, quota, sessions } = await readStorage(access.read);
  const room: RoomReport = {
    ...(usage !== undefined && { usage }),
    ...(quota !== undefined && { quota }),
    sessions: sessions.slice(0, MOST),
  };
  error.room = room;
  tell({ type: 'quota', database, ...room });
  if (!onQuotaExceeded) throw error;
  const free = async (sessionIds: readonly string[]): Promise<number> => {
    let freed = 0;
    for (const id of sessionIds) {
      const removal = await access.remove((transaction, begin) => removeSession(transaction, id, begin));
      freed += removal?.removed ?? 0;
    }
    return freed;
  };
  await onQuotaExceeded({ database, ...room, free });
  return write().catch((again: SessionStoreError) => {
    if (again.status === 'RESOURCE_EXHAUSTED') again.room = room;
    throw again;
  });
}

async function hasFreed(retention: Retention | undefined, access: DeletingAccess): Promise<boolean> {
  try {
    return (await retention?.run(access)) ?? false;
  } catch (error) {
    // The save did not ask for it.
    report(error);
    return false;
  }
}

export async function readStorage(read: DeletingAccess['read']): Promise<StorageReport> {
  const [used, estimate, persisted] = await Promise.all([
    read((transaction) => readUsage(transaction)),
    told(estimateStorage()),
    told(isStoragePersisted()),
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

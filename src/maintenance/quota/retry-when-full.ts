import type { HealthEvent, QuotaExceeded } from '../../types/health.js';
import type { StorageReport } from '../../types/storage.js';
import type { RoomReport, SessionStoreError } from '../../errors.js';
import { within } from '../../runtime/timeout.js';
import { removeSession } from '../../snapshots/delete/delete.js';
import type { DeletingAccess } from '../../snapshots/database-access.js';
import { readUsage } from './usage.js';
import { estimateStorage, isStoragePersisted, report } from '../../platform/browser.js';
import type { Retention } from '../retention/scheduler.js';

/** The database that is full, and the means to free room. */
interface FullDatabase {
  database: string;
  tell: (event: HealthEvent) => void;
  /** Access ahead of the queue, which waits for this save. */
  access: DeletingAccess;
  retention: Retention | undefined;
  onQuotaExceeded: ((event: QuotaExceeded) => unknown) | undefined;
}

/** How many sessions an error or an event names. */
const MOST = 20;

/** How long to wait for the browser's estimate, in ms, since a save or a caller is waiting. */
const TELLING_MS = 10_000;

const told = <T>(asked: Promise<T>): Promise<T | undefined> =>
  within(asked, TELLING_MS, () => new Error()).catch(() => undefined);

/**
 * Retries a write that found no room, first after the retention policy has freed some. If that is not enough, reports
 * usage and the largest sessions, lets the application free some, and retries once more. Loaded when the disk is full.
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
    // An error of the policy is not the save's error.
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
    // Of the whole origin, for information only.
    ...(usage !== undefined && { usage }),
    ...(quota !== undefined && { quota }),
    ...(persisted !== undefined && { persisted }),
    ...used,
  };
}

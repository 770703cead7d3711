import type { DatabaseAccess } from '../../snapshots/database-access.js';
import type { CheckReport } from '../../types/check.js';
import { paceWithin } from '../../database/pace.js';
import type { SessionStoreError } from '../../errors.js';
import { readContents } from './scan.js';
import { reportOn } from './problems.js';
import { repairAll } from './repair.js';
import { findUnreadable, type Unreadable } from './unreadable-keys.js';

/** Checks the whole database in one transaction, and compares what rows say of each other. */
export async function checkDatabase(
  { read, write }: Pick<DatabaseAccess, 'read' | 'write'>,
  repair: boolean,
  signal?: AbortSignal,
): Promise<CheckReport> {
  signal?.throwIfAborted();
  const check = (unreadable: Unreadable) =>
    read(async (transaction) => {
      const pace = paceWithin(transaction, signal);
      return pace.run(reportOn(await readContents(transaction, unreadable, pace)));
    });
  let unreadable: Unreadable = new Set();
  let report = await check(unreadable).catch((error: SessionStoreError) => {
    if (error.status !== 'DATA_LOSS' || signal?.aborted) throw error;
  });
  if (!report) {
    unreadable = await findUnreadable(read, signal);
    report = await check(unreadable);
  }
  if (!repair) return report;
  return (await write((transaction) => repairAll(transaction, unreadable, paceWithin(transaction, signal))))!
    .report;
}

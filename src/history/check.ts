import type { CheckReport } from '../contract/check.js';
import type { ReadTransaction } from '../database/schema.js';
import { readContents } from './contents.js';
import { reportOn } from './findings.js';
import type { Unreadable } from './unreadable.js';

export { repairAll } from './repair.js';
export { findUnreadable } from './unreadable.js';

/** Walks through the whole database, as of one moment, and compares what rows say of each other. */
export async function checkAll(transaction: ReadTransaction, unreadable: Unreadable): Promise<CheckReport> {
  return reportOn(await readContents(transaction, unreadable));
}

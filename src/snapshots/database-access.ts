import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { beginCommit, Commit } from './commit.js';
import type { ApplyExpiry } from './stored-snapshot.js';

/** Access to a tenant's database: each call is one transaction, in the order of the tenant's operations. */
export interface DatabaseAccess {
  /** Reads the result of all operations called before. `limitMs`: time limit of the transaction. */
  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T>;
  /** Like `read`, with the knowledge of which clients of `pending` snapshots live. */
  readWithLiveness<T>(
    work: (transaction: ReadTransaction, applyExpiry: ApplyExpiry) => Promise<T>,
    isWatcher?: boolean,
  ): Promise<T>;
  /** Writes a commit, or nothing if `work` resolves to `null`; watchers are called before it resolves. */
  write<C extends Commit>(
    work: (transaction: WriteTransaction) => Promise<C | null>,
    limitMs?: number,
  ): Promise<C | null>;
  /** Like `write`, for deletes that have to work on a full disk too. */
  remove<C extends Commit>(
    work: (transaction: WriteTransaction, begin: typeof beginCommit) => Promise<C | null>,
  ): Promise<C | null>;
  /** Like `write`, for work that nobody waits for: on a full disk it fails, and nobody is told or asked for room. */
  rearrange<C extends Commit>(work: (transaction: WriteTransaction) => Promise<C | null>): Promise<C | null>;
}

/** What deletes need; also available while a save waits for room. */
export type DeletingAccess = Pick<DatabaseAccess, 'read' | 'readWithLiveness' | 'remove'>;

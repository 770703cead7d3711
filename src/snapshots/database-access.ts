import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { beginCommit, Commit } from './commit.js';
import type { ApplyExpiry } from './stored-snapshot.js';

/** How everything gets at a database: each call is a transaction, in the order of the tenant's operations. */
export interface DatabaseAccess {
  /** Reads what all operations begun before have left. `limitMs`: after how long it is given up. */
  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T>;
  /** With what is known of those who work at pending snapshots. */
  readWithLiveness<T>(
    work: (transaction: ReadTransaction, applyExpiry: ApplyExpiry) => Promise<T>,
  ): Promise<T>;
  /** Advances the clock, unless it resolves to `null`, and tells everybody before it resolves. */
  write<C extends Commit>(
    work: (transaction: WriteTransaction) => Promise<C | null>,
    limitMs?: number,
  ): Promise<C | null>;
  /** Like `write`, but also where there is no room for the clock's next reading. */
  remove<C extends Commit>(
    work: (transaction: WriteTransaction, begin: typeof beginCommit) => Promise<C | null>,
  ): Promise<C | null>;
  /** Writes what changes nothing that anybody could read; nobody is told. */
  rearrange<T>(work: (transaction: WriteTransaction) => Promise<T>): Promise<T>;
}

/** All that deletes needs, also while a save waits for the room that it makes. */
export type DeletingAccess = Pick<DatabaseAccess, 'read' | 'readWithLiveness' | 'remove'>;

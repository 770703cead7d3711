import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { beginCommit } from '../snapshots/commit.js';
import type { Removal } from '../snapshots/delete/delete.js';
import type { ApplyExpiry } from '../snapshots/stored-snapshot.js';

/** Runs work in a transaction of its own. */
export interface Caretaker {
  read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T>;
  /** With what is known of those who work at pending snapshots. */
  readWithLiveness<T>(
    work: (transaction: ReadTransaction, applyExpiry: ApplyExpiry) => Promise<T>,
  ): Promise<T>;
  remove(
    work: (transaction: WriteTransaction, begin: typeof beginCommit) => Promise<Removal | null>,
  ): Promise<Removal | null>;
}

import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { beginCommit } from './commit.js';
import type { Removal } from './remove.js';
import type { Surface } from './rows.js';

/** Runs work in a transaction of its own. */
export interface Caretaker {
  read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T>;
  /** With what is known of those who work at pending snapshots. */
  show<T>(work: (transaction: ReadTransaction, surface: Surface) => Promise<T>): Promise<T>;
  remove(
    work: (transaction: WriteTransaction, begin: typeof beginCommit) => Promise<Removal | null>,
  ): Promise<Removal | null>;
}

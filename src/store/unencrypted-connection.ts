import type { Connection } from '../database/connection.js';
import { holdsEncryptedRows, withoutKey } from '../database/rows.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import { requestAll } from '../database/transaction.js';
import { readClock } from '../snapshots/commit.js';

/**
 * A connection of a store without a key. It refuses a database with encrypted rows, even where `meta` is lost or says
 * otherwise. Another tab may encrypt the database at any time, so every write checks, and so does every read that skips
 * unreadable rows.
 */
export class UnencryptedConnection implements Pick<Connection, 'read' | 'write'> {
  #isPlain = false;

  constructor(readonly connection: Connection) {}

  /**
   * Reads without a limit may skip all unreadable rows, so they also read the clock, which refuses an encrypted
   * database.
   */
  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.connection.read(async (transaction) => {
      if (limitMs !== Infinity) return this.#isPlain ? work(transaction) : this.#guarded(transaction, work);
      const [result] = await requestAll(
        () => this.#guarded(transaction, work),
        () => readClock(transaction),
      );
      return result;
    }, limitMs);
  }

  /** `isProven`: the work itself makes sure that the clock is as this tab left it. */
  write<T>(
    work: (transaction: WriteTransaction) => Promise<T>,
    limitMs?: number,
    isProven = false,
  ): Promise<T> {
    return this.connection.write((transaction) => this.#guarded(transaction, work, isProven), limitMs);
  }

  async #guarded<T, Transaction extends ReadTransaction>(
    transaction: Transaction,
    work: (transaction: Transaction) => Promise<T>,
    isProven = false,
  ): Promise<T> {
    const [result] = await requestAll(
      () => work(transaction),
      async () => {
        if (await holdsEncryptedRows(transaction, isProven)) throw withoutKey();
      },
    );
    this.#isPlain = true;
    return result;
  }
}

import type { Connection } from '../database/connection.js';
import { holdsSealedRows, withoutKey } from '../database/rows.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import { requestAll } from '../database/transaction.js';
import { readClock } from '../snapshots/commit.js';

/**
 * A connection of a store without a key. Rows tell that they are encrypted, even where `meta` is lost or says something
 * else; it may be encrypted at any time, so they are looked at in whatever writes, or passes over what cannot be read.
 */
export class UnencryptedConnection implements Pick<Connection, 'read' | 'write'> {
  #isPlain = false;

  constructor(readonly connection: Connection) {}

  /** Who goes through rows, without a limit, may pass over all that cannot be read; so the clock is asked meanwhile. */
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

  write<T>(work: (transaction: WriteTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.connection.write((transaction) => this.#guarded(transaction, work), limitMs);
  }

  async #guarded<T, Transaction extends ReadTransaction>(
    transaction: Transaction,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const [result] = await requestAll(
      () => work(transaction),
      async () => {
        if (await holdsSealedRows(transaction)) throw withoutKey();
      },
    );
    this.#isPlain = true;
    return result;
  }
}

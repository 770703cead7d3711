import { deleteDB, openDB } from 'idb';
import { SessionStoreError } from '../errors.js';
import { isConnectionFault, toStoreError } from './faults.js';
import {
  SCHEMA_VERSION,
  createSchema,
  type Database,
  type ReadTransaction,
  type Schema,
  type WriteTransaction,
} from './schema.js';
import { Refusal, transact } from './transaction.js';

/** A frozen tab can hold up opening and deleting without any event, so the store has a limit of its own. */
const TIMEOUT_MS = 10_000;

/** The one connection to a database: opened when first needed, let go when asked, opened again when lost. */
export class Connection {
  #opening: Promise<Database> | undefined;

  constructor(
    readonly name: string,
    readonly durability: IDBTransactionDurability,
  ) {}

  read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T> {
    return this.#run('readonly', work);
  }

  write<T>(work: (transaction: WriteTransaction) => Promise<T>): Promise<T> {
    return this.#run('readwrite', work);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then(
      (database) => database.close(),
      () => {},
    );
  }

  async delete(): Promise<void> {
    await this.close();
    await this.#inTime(deleteDB(this.name)).catch((error) => {
      throw toStoreError(error);
    });
  }

  async #run<T>(mode: IDBTransactionMode, work: (transaction: WriteTransaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const database = await this.#open();
      try {
        return await transact(database, mode, this.durability, work);
      } catch (error) {
        if (error instanceof Refusal) throw error.reason;
        const fault = toStoreError(error);
        // An aborted transaction has written nothing, so the work can be done again on a new connection.
        if (fault === error || attempt > 1 || !isConnectionFault(fault)) throw fault;
        await this.close();
      }
    }
  }

  #open(): Promise<Database> {
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined;
      throw toStoreError(error);
    });
    return this.#opening;
  }

  async #connect(): Promise<Database> {
    if (typeof indexedDB === 'undefined') {
      throw new SessionStoreError(
        'UNAVAILABLE',
        'there is no IndexedDB here. Use the store in a page or a worker',
      );
    }
    const release = () => void this.close();
    return this.#inTime(
      openDB<Schema>(this.name, SCHEMA_VERSION, {
        upgrade: createSchema,
        // Another tab wants to upgrade or delete the database; it is opened again when next needed.
        blocking: release,
        terminated: release,
      }),
      (database) => database.close(),
    );
  }

  /** Gives up on what takes too long; `tooLate` gets what comes after all. */
  async #inTime<T>(work: Promise<T>, tooLate?: (result: T) => void): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        work.then(tooLate, () => {});
        reject(
          new SessionStoreError(
            'UNAVAILABLE',
            `"${this.name}" did not answer within ${TIMEOUT_MS} ms. Close other tabs that may hold it, then try again`,
          ),
        );
      }, TIMEOUT_MS);
    });
    try {
      return await Promise.race([work, limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}

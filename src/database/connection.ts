import { deleteDB, openDB } from 'idb';
import type { HealthEvent } from '../contract/health.js';
import { SessionStoreError } from '../errors.js';
import { within } from './deadline.js';
import { isConnectionFault, toStoreError } from './faults.js';
import {
  SCHEMA_VERSION,
  createSchema,
  type Database,
  type ReadTransaction,
  type Schema,
  type WriteTransaction,
} from './schema.js';
import { abort, Refusal, transact } from './transaction.js';

/** A frozen tab can hold up opening and deleting without any event, so the store has a limit of its own. */
const TIMEOUT_MS = 10_000;

/** The one connection to a database: opened when first needed, let go when asked, opened again when lost. */
export class Connection {
  #opening: Promise<Database> | undefined;
  /** What was read may be known before its transaction has ended. */
  readonly #running = new Map<IDBTransaction, Promise<void>>();
  #suspensions = 0;
  #isOutdated = false;

  constructor(
    readonly name: string,
    readonly durability: IDBTransactionDurability,
    readonly tell: (event: HealthEvent) => void,
    /** The browser ended the connection: whatever happened since is unknown, the database itself may be gone. */
    readonly lost: () => void,
  ) {}

  /** `limitMs`: after how long it is given up; `Infinity` for work whose length depends on what is stored. */
  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#run('readonly', work, limitMs);
  }

  write<T>(work: (transaction: WriteTransaction) => Promise<T>): Promise<T> {
    return this.#run('readwrite', work);
  }

  /** Waits until nobody is kept from deleting the database any longer. */
  async close(): Promise<void> {
    const ending = [...this.#running.values()];
    await this.#release();
    await Promise.all(ending);
  }

  /** Transactions that have begun are finished. */
  async #release(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then(
      (database) => database.close(),
      () => {},
    );
  }

  /** Lets go at once, so that nobody waits for what this page cannot finish now. It is done again when it goes on. */
  async suspend(): Promise<void> {
    this.#suspensions++;
    for (const transaction of this.#running.keys()) abort(transaction);
    await this.#release();
  }

  async delete(): Promise<void> {
    await this.close();
    const blocked = this.#watchForBlocked();
    await within(deleteDB(this.name, { blocked }), TIMEOUT_MS, () => this.#late(blocked)).catch((error) => {
      throw toStoreError(error);
    });
  }

  async #run<T>(
    mode: IDBTransactionMode,
    work: (transaction: WriteTransaction) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    for (let failures = 0; ;) {
      const suspensions = this.#suspensions;
      const database = await this.#open();
      try {
        return await transact(database, mode, this.durability, work, this.#running, limitMs);
      } catch (error) {
        if (error instanceof Refusal) throw error.reason;
        const fault = toStoreError(error);
        // An aborted transaction has written nothing, so the work can be done again on a new connection.
        // What had to stop with its page has not failed.
        if (suspensions === this.#suspensions) failures++;
        if (fault === error || failures > 1 || !isConnectionFault(fault)) throw fault;
        await this.#release();
      }
    }
  }

  #open(): Promise<Database> {
    const opening = (this.#opening ??= this.#connect().catch((cause) => {
      // Let go of meanwhile, another one may have been begun.
      if (this.#opening === opening) this.#opening = undefined;
      const error = toStoreError(cause);
      if (error.status === 'FAILED_PRECONDITION') this.#outdated();
      throw error;
    }));
    return opening;
  }

  async #connect(): Promise<Database> {
    if (typeof indexedDB === 'undefined') {
      throw new SessionStoreError(
        'UNAVAILABLE',
        'there is no IndexedDB here. Use the store in a page or a worker',
      );
    }
    const blocked = this.#watchForBlocked();
    const opening = openDB<Schema>(this.name, SCHEMA_VERSION, {
      upgrade: createSchema,
      blocked,
      blocking: (_, wanted) => {
        // Another tab wants to delete the database, which is opened again when next needed, or to upgrade it.
        if (wanted !== null) this.#outdated();
        void this.#release();
      },
      terminated: () => {
        void this.#release();
        this.lost();
      },
    });
    return within(opening, TIMEOUT_MS, () => {
      opening.then(
        (tooLate) => tooLate.close(),
        () => {},
      );
      return this.#late(blocked);
    });
  }

  #outdated(): void {
    if (!this.#isOutdated) this.tell({ type: 'outdated', database: this.name });
    this.#isOutdated = true;
  }

  #watchForBlocked(): { (): void; happened: boolean } {
    const blocked = Object.assign(
      () => {
        blocked.happened = true;
        this.tell({ type: 'blocked', database: this.name });
      },
      { happened: false },
    );
    return blocked;
  }

  #late({ happened }: { happened: boolean }): SessionStoreError {
    return new SessionStoreError(
      'UNAVAILABLE',
      happened
        ? `other tabs keep an older version of "${this.name}" open. Close or reload them, then try again`
        : `"${this.name}" did not answer within ${TIMEOUT_MS} ms: a tab that the browser has stopped may hold it. Close other tabs, then try again`,
    );
  }
}

import type { HealthEvent } from '../contract/health.js';
import { asLoss, isConnectionFault, isForbidden, mayBeLoss, toStoreError } from './faults.js';
import { deleteDatabase, openDatabase } from './opening.js';
import type { Database, ReadTransaction, WriteTransaction } from './schema.js';
import { Sentinel } from './sentinel.js';
import { abort, Refusal, together, transact } from './transaction.js';

/** How often a database that fails at once is tried to be opened, and how long it is left alone in between, in ms. */
const ATTEMPTS = 3;
const PAUSE_MS = 100;

export interface ConnectionOptions {
  durability: IDBTransactionDurability;
  /** What to do where there is no IndexedDB: `memory` for one that lives as long as the page. */
  fallback: 'memory' | undefined;
  /** What to do about a database that cannot be opened: `failover` to another one. */
  onUnavailable: 'failover' | undefined;
  tell: (event: HealthEvent) => void;
}

/** Who is told that the browser ended the connection: whatever happened since is unknown, the database may be gone. */
export type Lost = () => void;

/** The one connection to a database: opened when first needed, let go when asked, opened again when lost. */
export class Connection {
  /** The database that is used: the one that was asked for, or its replacement. */
  name: string;
  readonly #sentinel: Sentinel;
  #opening: Promise<Database> | undefined;
  /** What was read may be known before its transaction has ended. */
  readonly #running = new Map<IDBTransaction, Promise<void>>();
  #suspensions = 0;
  #isOutdated = false;
  /** Which database was opened and not looked at yet. */
  #unseen: Database | undefined;
  #isInMemory = false;
  #failures = 0;

  constructor(
    readonly asked: string,
    readonly options: ConnectionOptions,
    readonly lost: Lost,
  ) {
    this.name = asked;
    this.#sentinel = new Sentinel(asked, options.tell);
  }

  /** `limitMs`: after how long it is given up; `Infinity` for work whose length depends on what is stored. */
  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#run('readonly', work, limitMs);
  }

  write<T>(work: (transaction: WriteTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#run('readwrite', work, limitMs);
  }

  /** The clock shows this since something was written. */
  advance(clock: number): void {
    this.#sentinel.advance(clock);
  }

  /** Waits until nobody is kept from deleting the database any longer. */
  async close(): Promise<void> {
    const ending = [...this.#running.values()];
    await this.#release();
    await Promise.all(ending);
  }

  /** Transactions that have begun are finished. */
  async #release(): Promise<void> {
    this.#look();
    this.#sentinel.flush();
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
    this.#unseen = undefined;
    for (const transaction of this.#running.keys()) abort(transaction);
    await this.#release();
  }

  async delete(): Promise<void> {
    await this.close();
    this.#sentinel.forget();
    const deleting = this.#isInMemory
      ? import('./memory.js').then(({ deleteInMemory }) => deleteInMemory(this.name))
      : deleteDatabase(this.name, this.options);
    await deleting.catch((error) => {
      throw toStoreError(error);
    });
  }

  /** Somebody deletes the database on purpose. */
  expectDeletion(): void {
    this.#sentinel.forget();
  }

  async #run<T>(
    mode: IDBTransactionMode,
    work: (transaction: WriteTransaction) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    for (let failures = 0; ;) {
      const suspensions = this.#suspensions;
      const database = await this.#open();
      // What is written could hide how much is missing.
      if (mode === 'readwrite') this.#look();
      try {
        return await transact(database, mode, this.options.durability, work, this.#running, limitMs);
      } catch (error) {
        if (error instanceof Refusal) throw error.reason;
        const fault = toStoreError(error);
        // An aborted transaction has written nothing, so the work can be done again on a new connection.
        // What had to stop with its page has not failed.
        if (suspensions === this.#suspensions) failures++;
        if (fault === error || !isConnectionFault(fault)) throw fault;
        if (failures > 1) {
          const isLoss = mode === 'readonly' && mayBeLoss(fault) && (await this.#answers());
          throw isLoss ? asLoss(fault) : fault;
        }
        await this.#release();
      } finally {
        // After whoever waits for what was read: a page's first look at localStorage stops it for some ms.
        if (this.#unseen) setTimeout(() => this.#look());
      }
    }
  }

  /** Whether it is not the whole database that cannot be read. */
  async #answers(): Promise<boolean> {
    try {
      const { store: meta, done } = (await this.#open()).transaction('meta');
      done.catch(() => {});
      await meta.get('clock');
      return true;
    } catch {
      return false;
    }
  }

  #open(): Promise<Database> {
    const opening = (this.#opening ??= this.#connect());
    opening.catch(() => {
      // Let go of meanwhile, another one may have been begun.
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  async #connect(): Promise<Database> {
    if (this.#isInMemory) return this.#openInMemory();
    for (;;) {
      let isBlocked = false;
      try {
        const database = await openDatabase(this.name, {
          tell: (event) => {
            isBlocked ||= event.type === 'blocked';
            this.options.tell(event);
          },
          release: () => void this.#release(),
          lost: this.lost,
          outdated: () => this.#outdated(),
        });
        this.#failures = 0;
        this.#unseen = database;
        return database;
      } catch (cause) {
        const error = toStoreError(cause);
        if (error.status === 'FAILED_PRECONDITION') this.#outdated();
        if (this.options.fallback && isForbidden(cause)) return this.#openInMemory();
        // Waiting for another tab is no failure.
        if (isBlocked || isForbidden(cause) || !isConnectionFault(error)) throw error;
        this.#failures++;
        if (this.#failures < ATTEMPTS) {
          // What did not answer has been waited for long enough.
          if (error === cause) throw error;
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * this.#failures));
        } else if (!this.#failOver()) {
          // Browsers may keep all databases of an origin in the same files; then the replacement cannot be opened either.
          if (this.options.onUnavailable && this.options.fallback) return this.#openInMemory();
          throw error;
        }
      }
    }
  }

  async #openInMemory(): Promise<Database> {
    const { openInMemory } = await import('./memory.js');
    if (!this.#isInMemory) this.options.tell({ type: 'memory-only', database: this.name });
    this.#isInMemory = true;
    return openInMemory(this.name, () => void this.#release());
  }

  /** Leaves the database as it is and takes another one, until the page is closed. */
  #failOver(): boolean {
    const replacement = replacementOf(this.asked);
    if (!this.options.onUnavailable || this.name === replacement) return false;
    this.name = replacement;
    this.#failures = 0;
    this.options.tell({ type: 'failover', database: this.asked, replacement });
    return true;
  }

  /** Finds out, once, what became of the database since it was last used. */
  #look(): void {
    const database = this.#unseen;
    this.#unseen = undefined;
    if (database) void this.#compare(database);
  }

  async #compare(database: Database): Promise<void> {
    const expected = this.#sentinel.expect();
    try {
      const { store: meta, done } = database.transaction('meta');
      done.catch(() => {});
      const [epoch, clock = 0] = await together(
        () => meta.get('epoch'),
        () => meta.get('clock'),
      );
      if (this.name !== this.asked) return;
      this.#sentinel.check(expected, {
        epoch: typeof epoch === 'number' ? epoch : 0,
        clock: typeof clock === 'number' ? clock : clock.clock,
      });
      const replacement = replacementOf(this.asked);
      if (!this.options.onUnavailable) return;
      const databases = await indexedDB.databases();
      if (databases.some(({ name }) => name === replacement)) {
        this.options.tell({ type: 'recovered', database: this.asked, replacement });
      }
    } catch {
      // Whoever opened the database finds out for themselves.
    }
  }

  #outdated(): void {
    if (!this.#isOutdated) this.options.tell({ type: 'outdated', database: this.name });
    this.#isOutdated = true;
  }
}

const replacementOf = (database: string) => `${database}.replacement`;

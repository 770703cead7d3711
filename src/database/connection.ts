import type { HealthEvent } from '../types/health.js';
import { requireCloning } from '../platform/clone.js';
import { load } from '../platform/load.js';
import { within } from '../runtime/timeout.js';
import {
  asLoss,
  isConnectionFault,
  isForbidden,
  isNewer,
  mayBeLoss,
  toOpeningError,
  toStoreError,
} from './faults.js';
import { deleteDatabase, openDatabase, type OpeningListener } from './opening.js';
import { noteOf, removeNote } from './note.js';
import { hasCommitted } from './receipt.js';
import { replacementOf } from './replacement.js';
import type { Database, ReadTransaction, WriteTransaction } from './schema.js';
import { WipeDetector } from './wipe-detector.js';
import { Refusal, requestAll, transact, type Running } from './transaction.js';

/** How often a database that fails at once is tried to be opened, and how long it is left alone in between, in ms. */
const ATTEMPTS = 3;
const PAUSE_MS = 100;

/** How long nothing is written after the page has said that it goes; one that goes has no timers any more. */
const GONE_MS = 1000;

/** How long those who close wait for what is still under way. */
const CLOSING_MS = 30_000;

export interface ConnectionOptions {
  durability: IDBTransactionDurability;
  /** What to do where there is no IndexedDB: `memory` for one that lives as long as the page. */
  fallback?: 'memory' | undefined;
  /** What to do about a database that cannot be opened: `failover` to another one. */
  onUnavailable?: 'failover' | undefined;
  tell: (event: HealthEvent) => void;
}

/** Who is told that the browser ended the connection: whatever happened since is unknown, the database may be gone. */
export type Lost = () => void;

/** The one connection to a database: opened when first needed, let go when asked, opened again when lost. */
export class Connection {
  /** The database that is used: the one that was asked for, or its replacement. */
  name: string;
  readonly #sentinel: WipeDetector;
  /** All that was to be compared has been, in order. Nobody waits for it but those who close. */
  #looked: Promise<unknown> = Promise.resolve();
  #opening: Promise<Database> | undefined;
  /** What was read may be known before its transaction has ended. */
  readonly #running = new Set<Running>();
  #suspensions = 0;
  #gone: Promise<void> | undefined;
  #isOutdated = false;
  /** Which database was opened and not looked at yet. */
  #unseen: Database | undefined;
  #isInMemory = false;
  /** Somebody wanted to delete the database when it was last let go of. */
  #wasDeleted = false;
  #failures = 0;
  /** Whether it could be opened before. */
  #wasOpened = false;

  constructor(
    readonly asked: string,
    readonly options: ConnectionOptions,
    readonly lost: Lost,
  ) {
    this.name = asked;
    this.#sentinel = new WipeDetector(asked, options.tell);
  }

  /** `limitMs`: after how long it is given up; `Infinity` for work that may take as long as it is answered. */
  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#run('readonly', work, limitMs);
  }

  write<T>(work: (transaction: WriteTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#run('readwrite', work, limitMs);
  }

  /** The clock shows this since something was written. */
  advance(clock: number): void {
    void this.#looked.then(() => this.#sentinel.advance(clock));
  }

  /** Waits until nobody is kept from deleting the database any longer. */
  async close(): Promise<void> {
    const ending = Array.from(this.#running, ({ ended }) => ended);
    await this.#release();
    await within(Promise.all([...ending, this.#looked]), CLOSING_MS, () => new Error()).catch(() => {});
  }

  /** Transactions that have begun are finished. */
  async #release(): Promise<void> {
    this.#look();
    void this.#looked.then(() => this.#sentinel.flush());
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
    this.#stop();
    await this.#release();
  }

  #stop(): void {
    for (const transaction of this.#running) transaction.stop();
  }

  /**
   * Takes back what has not asked for all that it is going to write. A page that goes for good hears of no request any
   * more, and Firefox then commits the half that it has asked for.
   */
  giveUpUnfinished(): void {
    this.#gone = new Promise((resolve) => setTimeout(resolve, GONE_MS));
    for (const transaction of this.#running) if (transaction.isUnfinished()) transaction.stop();
  }

  async delete(): Promise<void> {
    await this.close();
    this.#forget();
    if (this.#isInMemory) return (await loadMemory()).deleteInMemory(this.name);
    await deleteDatabase(this.name, this.options).catch((error) => {
      throw toOpeningError(error);
    });
  }

  /** Another tab says that it deletes the database. That is so if the browser says so, too. */
  expectDeletion(): boolean {
    if (this.#wasDeleted) this.#forget();
    return this.#wasDeleted;
  }

  async #run<T>(
    mode: 'readonly' | 'readwrite',
    work: (transaction: WriteTransaction) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    let last: { transaction: WriteTransaction; result: T } | undefined;
    for (let failures = 0; ;) {
      const suspensions = this.#suspensions;
      // What was taken back must not be begun anew by the last events that the page hears.
      if (this.#gone && mode === 'readwrite') await this.#gone;
      const database = await this.#open();
      // What is written could hide how much is missing.
      if (mode === 'readwrite') this.#look();
      try {
        const once = async (transaction: WriteTransaction) => {
          if (last && (await hasCommitted(last.transaction, transaction))) return last.result;
          const result = await work(transaction);
          last = { transaction, result };
          return result;
        };
        return await transact(database, mode, this.options.durability, once, this.#running, limitMs);
      } catch (error) {
        if (error instanceof Refusal) throw error.reason;
        const fault = toStoreError(error);
        // It is done again on a new connection: an aborted transaction has written nothing, and one whose end nobody
        // has heard of has left a receipt if it did. What had to stop with its page has not failed.
        if (suspensions === this.#suspensions) failures++;
        const isLost = isConnectionFault(fault);
        if (isLost) await this.#release();
        if (fault === error || !isLost) throw fault;
        if (failures > 1) {
          const isLoss = mode === 'readonly' && mayBeLoss(fault) && (await this.#answers());
          throw isLoss ? asLoss(fault) : fault;
        }
      } finally {
        // After whoever waits for what was read: a page's first look at localStorage stops it for some ms.
        if (this.#unseen) setTimeout(() => this.#look());
      }
    }
  }

  /** Whether it is not the whole database that cannot be read. */
  async #answers(): Promise<boolean> {
    try {
      const look = (transaction: ReadTransaction) => transaction.objectStore('meta').get('clock');
      await transact(await this.#open(), 'readonly', this.options.durability, look, this.#running);
      return true;
    } catch {
      return false;
    }
  }

  #letGo(isDeleted = false): void {
    this.#wasDeleted = isDeleted;
    void this.#release();
  }

  #open(): Promise<Database> {
    const opening = (this.#opening ??= this.#connect());
    this.#wasDeleted = false;
    opening.catch(() => {
      // Let go of meanwhile, another one may have been begun.
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  get #listener(): OpeningListener {
    return {
      tell: this.options.tell,
      release: (isDeleted) => this.#letGo(isDeleted),
      lost: () => {
        this.#stop();
        this.lost();
      },
      outdated: () => this.#outdated(),
    };
  }

  async #connect(): Promise<Database> {
    requireCloning();
    if (this.#isInMemory) return this.#openInMemory();
    for (;;) {
      let isBlocked = false;
      try {
        const database = await openDatabase(this.name, {
          ...this.#listener,
          tell: (event) => {
            isBlocked ||= event.type === 'blocked';
            this.options.tell(event);
          },
        });
        this.#failures = 0;
        this.#wasOpened = true;
        this.#unseen = database;
        return database;
      } catch (cause) {
        const error = toOpeningError(cause);
        if (isNewer(error)) this.#outdated();
        // What was saved before must not seem to be gone.
        const mayFallBack = this.options.fallback && !this.#wasOpened;
        if (mayFallBack && isForbidden(cause)) return this.#openInMemory();
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
          // By its name alone, a passing failure cannot be told from storage that is blocked. Where it is, nothing
          // could ever be opened, nor noted.
          if (mayFallBack && error !== cause && noteOf(this.asked) === undefined) return this.#openInMemory();
          throw error;
        }
      }
    }
  }

  async #openInMemory(): Promise<Database> {
    const { openInMemory } = await loadMemory();
    if (!this.#isInMemory) this.options.tell({ type: 'memory-only', database: this.name });
    this.#isInMemory = true;
    return openInMemory(this.name, this.#listener);
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
    if (!database || this.name !== this.asked) return;
    // Before anybody writes to either of them.
    const noted = noteOf(this.name);
    this.#looked = this.#compare(this.#looked, noted, marksOf(database));
  }

  async #compare(
    before: Promise<unknown>,
    noted: string | undefined,
    found: ReturnType<typeof marksOf>,
  ): Promise<void> {
    await before;
    const marks = await found;
    if (marks) await this.#sentinel.check(noted, marks, !!this.options.onUnavailable);
  }

  /** The database is deleted on purpose. */
  #forget(): void {
    removeNote(this.asked);
    void this.#looked.then(() => this.#sentinel.forget());
  }

  #outdated(): void {
    if (!this.#isOutdated) this.options.tell({ type: 'outdated', database: this.name });
    this.#isOutdated = true;
  }
}

/** Which database it is, and what its clock shows. Whoever opened it finds out for themselves that it cannot be read. */
async function marksOf(database: Database) {
  try {
    const begun = database.begin('readonly', 'default', ['meta']);
    const meta = begun.transaction.objectStore('meta');
    const marks = await requestAll(
      () => meta.get('epoch'),
      () => meta.get('clock'),
    );
    begun.end();
    return marks;
  } catch {
    return undefined;
  }
}

const loadMemory = () => load('the fallback', () => import('./memory.js'));

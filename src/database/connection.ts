import type { HealthEvent } from '../types/health.js';
import { requireCloning } from '../platform/browser.js';
import { load } from '../runtime/load.js';
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
import { noteOf, WipeDetector } from './wipe-detector.js';
import { hasCommitted, newPlace, receipts, Refusal, type Running, transact } from './transaction.js';
import { replacementOf } from './replacement.js';
import type { Database, ReadTransaction, WriteTransaction } from './schema.js';

/** How many times in a row opening may fail before failover, and the pause between attempts, in ms. */
const ATTEMPTS = 3;
const PAUSE_MS = 100;

/** How long no write begins after `pagehide`, in ms. A page that is really unloaded runs no timers any more. */
const GONE_MS = 1000;

/** How long `close()` waits for running transactions, in ms. */
const CLOSING_MS = 30_000;

export interface ConnectionOptions {
  durability: IDBTransactionDurability;
  /** What to do without IndexedDB: `memory` keeps the data in memory, for the life of the page. */
  fallback?: 'memory' | undefined;
  /** What to do if the database cannot be opened: `failover` opens a replacement. */
  onUnavailable?: 'failover' | undefined;
  /** The keys of metadata that sessions are indexed by. */
  indexed?: readonly string[] | undefined;
  tell: (event: HealthEvent) => void;
}

/** Called when the browser ends the connection: later changes may have been missed, and the database may be gone. */
export type Lost = () => void;

/** The one connection to a database: opened when first needed, released on request, reopened when lost. */
export class Connection {
  /** The database in use: the one that was asked for, or its replacement. */
  name: string;
  /** Told what the database notes of hidden sessions when it was opened, if there are any. */
  hides!: (noted: unknown) => void;
  /** Told when this tab has changed the keys of encryption that the database needs. */
  rekeyed!: () => void;
  readonly #wipeDetector: WipeDetector;
  #opening: Promise<Database> | undefined;
  /** Transactions that have not ended. The result of a read may be known before its transaction ends. */
  readonly #running = new Set<Running>();
  readonly #place = newPlace();
  #suspensions = 0;
  #gone: Promise<void> | undefined;
  #isOutdated = false;
  /** A database that was opened and not yet compared with the note. */
  #unseen: Database | undefined;
  #isInMemory = false;
  /** Whether the last release was for a deletion of the database. */
  #wasDeleted = false;
  #failures = 0;
  /** Whether an earlier attempt has opened it. */
  #wasOpened = false;

  constructor(
    readonly asked: string,
    readonly options: ConnectionOptions,
    readonly lost: Lost,
  ) {
    this.name = asked;
    this.#wipeDetector = new WipeDetector(asked, options.tell, (noted) => this.hides(noted));
    // Asked for at once, so that it opens while the first call does the rest, which sees whether it failed.
    (this.#opening = this.#connect()).catch(() => {});
  }

  /** `limitMs`: time limit; `Infinity` for work that may run as long as the database answers. */
  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#run('readonly', work, limitMs);
  }

  write<T>(work: (transaction: WriteTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#run('readwrite', work, limitMs);
  }

  /** Whether it is open or about to be. */
  get isOpen(): boolean {
    return !!this.#opening;
  }

  /** Records the clock's reading after a commit. */
  advance(clock: number): void {
    this.#wipeDetector.advance(clock);
  }

  /** Waits until this connection no longer blocks a deletion of the database. */
  async close(): Promise<void> {
    const ending = Array.from(this.#running, ({ ended }) => ended);
    await this.#release();
    await within(Promise.all([...ending, this.#wipeDetector.looked]), CLOSING_MS, () => new Error()).catch(
      () => {},
    );
  }

  /** Closes the connection; running transactions finish. */
  async #release(): Promise<void> {
    this.#look();
    this.#wipeDetector.flush();
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then(
      (database) => database.close(),
      () => {},
    );
  }

  /**
   * Aborts and closes at once, since a frozen page would block other tabs. Its work is replayed when the page resumes.
   */
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
   * Aborts writes that have not made all their requests. A page that is unloaded receives no more events, and Firefox
   * then commits the requests made so far.
   */
  giveUpUnfinished(): void {
    this.#gone = new Promise((resolve) => setTimeout(resolve, GONE_MS));
    for (const transaction of this.#running) if (transaction.isUnfinished()) transaction.stop();
  }

  async delete(): Promise<void> {
    await this.close();
    this.#wipeDetector.forget();
    if (this.#isInMemory) return (await loadMemory()).deleteInMemory(this.name);
    await deleteDatabase(this.name, this.options).catch((error) => {
      throw toOpeningError(error);
    });
  }

  /** Called when another tab announces a deletion; true if the browser confirmed it with a `versionchange` event. */
  expectDeletion(): boolean {
    if (this.#wasDeleted) this.#wipeDetector.forget();
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
      // The last events of an unloading page must not replay what was aborted.
      if (this.#gone && mode === 'readwrite') await this.#gone;
      const database = await this.#open();
      // The note has to be compared before a write: a write could hide how much is missing.
      if (mode === 'readwrite') this.#look();
      try {
        const once = async (transaction: WriteTransaction) => {
          if (last && (await hasCommitted(last.transaction, transaction))) return last.result;
          receipts.set(transaction, { place: this.#place });
          transaction.indexed = this.options.indexed;
          const result = await work(transaction);
          last = { transaction, result };
          return result;
        };
        return await transact(database, mode, this.options.durability, once, this.#running, limitMs);
      } catch (error) {
        if (error instanceof Refusal) throw error.reason;
        const fault = toStoreError(error);
        // Replayed on a new connection: an aborted transaction has written nothing, and a lost one that committed has
        // left a receipt. Work that was aborted by a suspension does not count as failed.
        if (suspensions === this.#suspensions) failures++;
        const isLost = isConnectionFault(fault);
        if (isLost) await this.#release();
        if (fault === error || !isLost) throw fault;
        if (failures > 1) {
          const isLoss = mode === 'readonly' && mayBeLoss(fault) && (await this.#answers());
          throw isLoss ? asLoss(fault) : fault;
        }
      } finally {
        // Deferred, so that the reader gets its result first: a page's first access to localStorage blocks it for some
        // ms.
        if (this.#unseen) setTimeout(() => this.#look());
      }
    }
  }

  /** Whether the database as a whole is still readable. */
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
      // It may have been released meanwhile, and another attempt may have begun.
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
        // An empty database in memory would look as if everything saved before were gone.
        const mayFallBack = this.options.fallback && !this.#wasOpened;
        if (mayFallBack && isForbidden(cause)) return this.#openInMemory();
        // Waiting for another tab is not a failure.
        if (isBlocked || isForbidden(cause) || !isConnectionFault(error)) throw error;
        this.#failures++;
        if (this.#failures < ATTEMPTS) {
          // A timeout has already waited long enough; no further attempt.
          if (error === cause) throw error;
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * this.#failures));
        } else if (!this.#failOver()) {
          // A browser may keep all databases of an origin in the same files; then the replacement cannot be opened
          // either.
          if (this.options.onUnavailable && this.options.fallback) return this.#openInMemory();
          // The error's name does not tell a passing failure from blocked storage. Without a note, this browser has
          // never opened the database.
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

  /** Leaves the database as it is and uses the replacement until the page is closed. */
  #failOver(): boolean {
    const replacement = replacementOf(this.asked);
    if (!this.options.onUnavailable || this.name === replacement) return false;
    this.name = replacement;
    this.#failures = 0;
    this.options.tell({ type: 'failover', database: this.asked, replacement });
    return true;
  }

  /** Compares the database, once after it is opened, with the note of its last use. */
  #look(): void {
    const database = this.#unseen;
    this.#unseen = undefined;
    if (database && this.name === this.asked) this.#wipeDetector.look(database, !!this.options.onUnavailable);
  }

  #outdated(): void {
    if (!this.#isOutdated) this.options.tell({ type: 'outdated', database: this.name });
    this.#isOutdated = true;
  }
}

const loadMemory = () => load('the fallback', () => import('./memory.js'));

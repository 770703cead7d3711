import { structured } from '../platform/browser.js';
import type { OpeningListener } from './opening.js';
import { MemoryStore, type Undo } from './memory-store.js';
import {
  newEpoch,
  STORES,
  type Begun,
  type Database,
  type StoreName,
  type WriteTransaction,
} from './schema.js';

/** How many requests are answered before other tasks (timers, events, the page's own work) get a turn. */
const UNITS = 256;

/** The databases of this page, which live as long as it does. Loaded only where there is no IndexedDB. */
const databases = new Map<string, MemoryDatabase>();

export function openInMemory(name: string, listener: Pick<OpeningListener, 'release'>): Database {
  let database = databases.get(name);
  if (!database) databases.set(name, (database = new MemoryDatabase()));
  return database.open(listener);
}

/** Connections to the database are closed; when opened again, they find a new one. */
export function deleteInMemory(name: string): void {
  databases.get(name)?.release();
  databases.delete(name);
}

class MemoryDatabase {
  readonly #stores = Object.fromEntries(STORES.map((name) => [name, new MemoryStore(name)])) as Record<
    StoreName,
    MemoryStore
  >;
  readonly #listeners = new Set<Pick<OpeningListener, 'release'>>();
  /** Settles when the last writer and all readers after it have ended. */
  #written: Promise<unknown> = Promise.resolve();
  #read: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#stores.meta.put(newEpoch(), 'epoch', []);
  }

  open(listener: Pick<OpeningListener, 'release'>): Database {
    this.#listeners.add(listener);
    let isClosed = false;
    return {
      begin: (mode) => {
        if (isClosed) throw new DOMException('the database is closed', 'InvalidStateError');
        return this.#begin(mode);
      },
      close: () => {
        isClosed = true;
        this.#listeners.delete(listener);
      },
    };
  }

  release(): void {
    for (const { release } of this.#listeners) release(true);
  }

  #begin(mode: 'readonly' | 'readwrite'): Begun {
    const isWriting = mode === 'readwrite';
    const turn = isWriting ? Promise.all([this.#written, this.#read]) : this.#written;
    const begun = new MemoryTransaction(this.#stores, turn, isWriting);
    const over = begun.finished.catch(() => {});
    if (isWriting) this.#written = over;
    else this.#read = Promise.all([this.#read, over]);
    return begun;
  }
}

class MemoryTransaction implements Begun {
  readonly finished: Promise<void>;
  readonly transaction: WriteTransaction;
  readonly #undo: Undo[] = [];
  #resolve!: () => void;
  #reject!: (error: null | DOMException) => void;
  #last: Promise<unknown>;
  #hasEnded = false;
  #asked = 0;
  #answered = () => {};

  constructor(stores: Record<StoreName, MemoryStore>, turn: Promise<unknown>, isWriting: boolean) {
    this.#last = turn;
    this.finished = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Readers see a failure by their requests.
    this.finished.catch(() => {});
    const read = <T>(answer: () => T) => this.#ask(() => structured(answer()));
    const write = (change: (undo: Undo[]) => unknown) => {
      if (!isWriting) throw new DOMException('the transaction only reads', 'ReadOnlyError');
      return this.#ask(() => change(this.#undo));
    };
    this.transaction = { objectStore: (name) => stores[name].within(read, write, this.transaction) };
  }

  end(): void {
    const commit = () => {
      if (!this.#hasEnded) this.#resolve();
      this.#hasEnded = true;
    };
    void this.#last.then(commit);
  }

  abort(error: DOMException | null = null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const undo of this.#undo.reverse()) undo();
    this.#reject(error);
  }

  onAnswer(answered: () => void): void {
    this.#answered = answered;
  }

  /** Answers requests one by one, in the order in which they are made. */
  #ask<T>(answer: () => T): Promise<T> {
    if (this.#hasEnded) throw new DOMException('the transaction has ended', 'TransactionInactiveError');
    const answering = this.#last.then(async () => {
      if (++this.#asked % UNITS === 0) await new Promise((resolve) => setTimeout(resolve));
      if (this.#hasEnded) throw new DOMException('the transaction was aborted', 'AbortError');
      try {
        return answer();
      } catch (error) {
        this.abort(error as DOMException);
        throw error;
      } finally {
        this.#answered();
      }
    });
    this.#last = answering.catch(() => {});
    return answering;
  }
}

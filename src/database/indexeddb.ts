import { keyRanges } from '../platform/browser.js';
import { withEntries } from './entries.js';
import { isRange } from './key-order.js';
import type { Cursor, Query, ReadStore, RowCursor, Rows, WriteStore } from './object-store.js';
import { type Begun, type Database, STORES, type WriteTransaction } from './schema.js';

/** Waits for a request. Listeners are removed, since a cursor's request succeeds again after each move. */
export function answerTo<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      request.removeEventListener('success', succeed);
      request.removeEventListener('error', fail);
    };
    const succeed = () => {
      end();
      resolve(request.result);
    };
    const fail = () => {
      end();
      reject(request.error);
    };
    request.addEventListener('success', succeed);
    request.addEventListener('error', fail);
  });
}

type Key = IDBValidKey;

/** Converts a query to IndexedDB's form. */
function native(query: Query<Key> | undefined): Key | IDBKeyRange | undefined {
  if (!isRange(query)) return query;
  const { lower, upper, lowerOpen, upperOpen } = query;
  if (upper === undefined) return keyRanges().lowerBound(lower, lowerOpen);
  if (lower === undefined) return keyRanges().upperBound(upper, upperOpen);
  return keyRanges().bound(lower, upper, lowerOpen, upperOpen);
}

/** A cursor reuses one request, which succeeds again after each move. */
async function cursorOf<T extends IDBCursor, To>(
  request: IDBRequest<T | null>,
  show: (cursor: T) => To,
): Promise<(To & { continue(): Promise<any>; advance(count: number): Promise<any> }) | null> {
  const cursor = await answerTo(request);
  if (!cursor) return null;
  return {
    ...show(cursor),
    continue: () => (cursor.continue(), cursorOf(request, show)),
    advance: (count) => (cursor.advance(count), cursorOf(request, show)),
  };
}

class IndexedDBRows<Raw extends IDBObjectStore | IDBIndex> implements Rows<any, any, any> {
  constructor(protected readonly raw: Raw) {}

  get name(): string {
    return this.raw.name;
  }

  get(query: Query<Key>): Promise<any> {
    return answerTo(this.raw.get(native(query)!));
  }

  getKey(query: Query<Key>): Promise<any> {
    return answerTo(this.raw.getKey(native(query)!));
  }

  getAll(query?: Query<Key>, count?: number): Promise<any[]> {
    return answerTo(this.raw.getAll(native(query), count));
  }

  getAllKeys(query?: Query<Key>, count?: number): Promise<any[]> {
    return answerTo(this.raw.getAllKeys(native(query), count));
  }

  count(query?: Query<Key>): Promise<number> {
    return answerTo(this.raw.count(native(query)));
  }

  openKeyCursor(query?: Query<Key>, direction?: 'next' | 'prev'): Promise<Cursor<any, any> | null> {
    const request = this.raw.openKeyCursor(native(query), direction);
    return cursorOf(request, ({ key, primaryKey }) => ({ key, primaryKey }));
  }
}

class IndexedDBStore extends IndexedDBRows<IDBObjectStore> implements WriteStore<any, any, any> {
  constructor(
    raw: IDBObjectStore,
    readonly transaction: WriteTransaction,
  ) {
    super(raw);
  }

  index(name: string): ReturnType<ReadStore<any, any, any>['index']> {
    return new IndexedDBRows(this.raw.index(name));
  }

  openCursor(direction?: 'next' | 'prev'): Promise<RowCursor<any, any> | null> {
    return cursorOf(this.raw.openCursor(undefined, direction), ({ key, primaryKey, value }) => ({
      key,
      primaryKey,
      value,
    }));
  }

  put(row: any, key?: Key): Promise<unknown> {
    return answerTo(this.raw.put(this.#stored(row), key));
  }

  add(row: any, key?: Key): Promise<unknown> {
    return answerTo(this.raw.add(this.#stored(row), key));
  }

  send(how: 'put' | 'add', row: any, key?: Key): void {
    this.raw[how](this.#stored(row), key);
  }

  delete(query: Query<Key>): Promise<unknown> {
    return answerTo(this.raw.delete(native(query)!));
  }

  clear(): Promise<unknown> {
    return answerTo(this.raw.clear());
  }

  #stored(row: any): unknown {
    return this.name === 'sessions' ? withEntries(row, this.transaction.indexed) : row;
  }
}

export class IndexedDBDatabase implements Database {
  constructor(readonly raw: IDBDatabase) {}

  begin(mode: IDBTransactionMode, durability: IDBTransactionDurability, stores = STORES): Begun {
    const raw = this.raw.transaction(stores, mode, { durability });
    const transaction: WriteTransaction = {
      objectStore: (name) => new IndexedDBStore(raw.objectStore(name), transaction),
    };
    const finished = new Promise<void>((resolve, reject) => {
      raw.addEventListener('complete', () => resolve());
      raw.addEventListener('abort', () => reject(raw.error));
    });
    // Readers see a failure by their requests.
    finished.catch(() => {});
    return {
      transaction,
      finished,
      // Never `commit()`: after it, if a put finds no room, Firefox keeps the earlier puts instead of aborting.
      end: () => {},
      abort: () => {
        try {
          raw.abort();
        } catch {
          // It has ended already, or is about to commit.
        }
      },
      // `success` does not bubble, but it can be captured.
      onAnswer: (answered) => raw.addEventListener('success', answered, true),
    };
  }

  close(): void {
    this.raw.close();
  }
}

import { structured } from '../platform/browser.js';
import { withEntries } from './entries.js';
import { compareKeys, finds, isRange } from './key-order.js';
import type { RowCursor, Rows, WriteStore } from './object-store.js';
import { isList, SHAPES, type StoreName, type WriteTransaction } from './schema.js';
import { firstIndex } from '../values/collections.js';
import { ownOf } from '../values/schema.js';

/** Reverts one change. */
export type Undo = () => void;

/** Schedules a read or a change in the transaction's order. */
type Read = <T>(answer: () => T) => Promise<T>;
type Write = (change: (undo: Undo[]) => unknown) => Promise<unknown>;

/** A row with its primary key and its key in the object store or index that is searched. */
interface Entry {
  at: unknown;
  key: unknown;
  row: unknown;
}

const inOrder = (a: Omit<Entry, 'row'>, b: Omit<Entry, 'row'>) =>
  compareKeys(a.at, b.at) || compareKeys(a.key, b.key);

/** Entries, sorted by key. */
class Sorted {
  readonly entries: Entry[] = [];

  constructor(
    readonly name: string,
    readonly keysOf: (row: any, key: unknown) => readonly unknown[],
  ) {}

  /** The indexes of the first match and after the last. */
  find(query: unknown): [from: number, to: number] {
    if (query === undefined || query === null) return [0, this.entries.length];
    const [lower, upper] = isRange(query) ? [query.lower, query.upper] : [query, query];
    const isAbove = ({ at }: Entry) => finds(query, at) || compareKeys(at, lower) > 0;
    const isBeyond = ({ at }: Entry) => !finds(query, at) && compareKeys(at, upper) >= 0;
    const from = lower === undefined ? 0 : firstIndex(this.entries, isAbove);
    const to = upper === undefined ? this.entries.length : firstIndex(this.entries, isBeyond);
    return [from, Math.max(from, to)];
  }

  /** The match that is `count` places after `here`, or the first one; `undefined` past the last. */
  next(query: unknown, isDown: boolean, here?: Entry, count = 1): Entry | undefined {
    const [from, to] = this.find(query);
    let index = isDown ? to - 1 : from;
    if (here) {
      const before = firstIndex(this.entries, (other) => inOrder(other, here) >= 0);
      const there = this.entries[before];
      const isThere = there && inOrder(there, here) === 0;
      index = isDown ? before - count : before + count - (isThere ? 0 : 1);
    }
    return index >= from && index < to ? this.entries[index] : undefined;
  }

  add(key: unknown, row: unknown): void {
    for (const at of this.keysOf(row, key)) {
      const entry = { at, key, row };
      this.entries.splice(
        firstIndex(this.entries, (other) => inOrder(other, entry) >= 0),
        0,
        entry,
      );
    }
  }

  remove(key: unknown, row: unknown): void {
    for (const at of this.keysOf(row, key)) {
      this.entries.splice(
        firstIndex(this.entries, (other) => inOrder(other, { at, key }) >= 0),
        1,
      );
    }
  }
}

/** The rows of an object store and its indexes, in memory. `put` copies; readers have to copy what they get. */
export class MemoryStore {
  readonly #rows: Sorted;
  readonly #indexes: Record<string, Sorted>;
  #next = 1;

  constructor(name: StoreName) {
    this.#rows = new Sorted(name, (_, key) => [key]);
    this.#indexes = Object.fromEntries(
      Object.entries(SHAPES[name].indexes ?? {}).map(([index, paths]) => {
        if (isList(paths)) return [index, new Sorted(index, (row) => (ownOf(row, paths) as unknown[]) ?? [])];
        const parts = paths.map((path) => path.split('.'));
        const keysOf = (row: unknown) => {
          const key = parts.map((path) => path.reduce((value: any, part) => value?.[part], row));
          return key.includes(undefined) ? [] : [key];
        };
        return [index, new Sorted(index, keysOf)];
      }),
    );
    const { keyPath, autoIncrement } = SHAPES[name];
    this.#keyOf = (row: any) => (keyPath ? row[keyPath] : autoIncrement ? this.#next++ : undefined);
  }

  readonly #keyOf: (row: unknown) => unknown;

  put(row: unknown, key: unknown = this.#keyOf(row), undo: Undo[]): void {
    const [from, to] = this.#rows.find(key);
    if (to > from) this.#remove(this.#rows.entries[from]!, undo);
    this.#add(key, row);
    undo.push(() => this.#take(key, row));
  }

  /** The store as seen by one transaction. */
  within(read: Read, write: Write, transaction: WriteTransaction): WriteStore<any, any, any> {
    const rows = this.#rows;
    const copyOf = (row: any) =>
      structured(rows.name === 'sessions' ? withEntries(row, transaction.indexed) : row);
    return {
      ...rowsOf(rows, read),
      index: (name) => rowsOf(this.#indexes[name]!, read),
      openCursor: (direction) => openCursor(rows, read, undefined, direction === 'prev'),
      put: (row, key) => {
        const copy = copyOf(row);
        return write((undo) => this.put(copy, key, undo));
      },
      add: (row, key) => {
        const copy = copyOf(row);
        return write((undo) => {
          const [from, to] = rows.find(key ?? this.#keyOf(copy));
          if (to > from) throw new DOMException('there is such a row', 'ConstraintError');
          this.put(copy, key, undo);
        });
      },
      delete: (query) => write((undo) => this.#delete(query, undo)),
      clear: () => write((undo) => this.#delete(undefined, undo)),
    };
  }

  #delete(query: unknown, undo: Undo[]): void {
    const [from, to] = this.#rows.find(query);
    for (const entry of this.#rows.entries.slice(from, to)) this.#remove(entry, undo);
  }

  #remove({ key, row }: Entry, undo: Undo[]): void {
    this.#take(key, row);
    undo.push(() => this.#add(key, row));
  }

  #add(key: unknown, row: unknown): void {
    for (const sorted of [this.#rows, ...Object.values(this.#indexes)]) sorted.add(key, row);
  }

  #take(key: unknown, row: unknown): void {
    for (const sorted of [this.#rows, ...Object.values(this.#indexes)]) sorted.remove(key, row);
  }
}

function rowsOf(sorted: Sorted, read: Read): Rows<any, any, any> {
  const found = (query: unknown, count = Infinity) => {
    const [from, to] = sorted.find(query);
    return sorted.entries.slice(from, Math.min(to, from + (count || Infinity)));
  };
  return {
    name: sorted.name,
    get: (query) => read(() => found(query, 1)[0]?.row),
    getKey: (query) => read(() => found(query, 1)[0]?.key),
    getAll: (query, count) => read(() => found(query, count).map(({ row }) => row)),
    getAllKeys: (query, count) => read(() => found(query, count).map(({ key }) => key)),
    count: (query) => read(() => found(query).length),
    openKeyCursor: (query, direction) => openCursor(sorted, read, query, direction === 'prev', false),
  };
}

async function openCursor(
  sorted: Sorted,
  read: Read,
  query: unknown,
  isDown: boolean,
  withRow = true,
  here?: Entry,
  count?: number,
): Promise<RowCursor<any, any> | null> {
  const found = await read(() => {
    const entry = sorted.next(query, isDown, here, count);
    return entry && { ...entry, row: withRow && entry.row };
  });
  if (!found) return null;
  const advance = (count: number) => openCursor(sorted, read, query, isDown, withRow, found, count);
  return {
    key: found.at,
    primaryKey: found.key,
    value: found.row,
    continue: () => advance(1),
    advance,
  };
}

import type { KeyRange } from './key-order.js';

/** What rows are found by: their key, or a range of keys. */
export type Query<Key> = Key | KeyRange;

/**
 * Rows in the order of their keys, which is that of IndexedDB: strings by their UTF-16 units, arrays after strings. All
 * that is asked in one transaction is answered in that order, from one state of the database. In an index rows are in
 * the order of its keys (`At`), then of their own.
 */
export interface Rows<Row, Key, At = Key> {
  readonly name: string;
  /** The first row that is found. */
  get(query: Query<At>): Promise<Row | undefined>;
  /** Its key in the object store. */
  getKey(query: Query<At>): Promise<Key | undefined>;
  getAll(query?: Query<At>, count?: number): Promise<Row[]>;
  getAllKeys(query?: Query<At>, count?: number): Promise<Key[]>;
  count(query?: Query<At>): Promise<number>;
  openKeyCursor(query?: Query<At>, direction?: 'next' | 'prev'): Promise<Cursor<At, Key> | null>;
}

/** A place among rows. What it says stays so: the next place is another one. */
export interface Cursor<At, Key> {
  readonly key: At;
  readonly primaryKey: Key;
  continue(): Promise<Cursor<At, Key> | null>;
  advance(count: number): Promise<Cursor<At, Key> | null>;
}

export interface RowCursor<Row, Key> extends Cursor<Key, Key> {
  readonly value: Row;
  continue(): Promise<RowCursor<Row, Key> | null>;
  advance(count: number): Promise<RowCursor<Row, Key> | null>;
}

export interface ReadStore<Row, Key, Indexes extends object = {}> extends Rows<Row, Key> {
  index<Name extends keyof Indexes & string>(name: Name): Rows<Row, Key, Indexes[Name]>;
  openCursor(direction?: 'next' | 'prev'): Promise<RowCursor<Row, Key> | null>;
}

export interface WriteStore<Row, Key, Indexes extends object = {}> extends ReadStore<Row, Key, Indexes> {
  /** `key` for stores whose rows do not have it inside. A copy is stored, as by `structuredClone`. */
  put(row: Row, key?: Key): Promise<unknown>;
  /** Fails with `ConstraintError` if there is such a row, and the whole transaction with it. */
  add(row: Row, key?: Key): Promise<unknown>;
  delete(query: Query<Key>): Promise<unknown>;
  clear(): Promise<unknown>;
}

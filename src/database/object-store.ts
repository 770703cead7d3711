import type { KeyRange } from './key-order.js';

/** A key, or a range of keys. */
export type Query<Key> = Key | KeyRange;

/**
 * Rows in IndexedDB's key order: strings by their UTF-16 units, arrays after strings. Requests of one transaction are
 * answered in order, from one state of the database. In an index, rows are ordered by the index's key (`At`), then by
 * primary key.
 */
export interface Rows<Row, Key, At = Key> {
  readonly name: string;
  /** The first matching row. */
  get(query: Query<At>): Promise<Row | undefined>;
  /** The primary key of the first matching row. */
  getKey(query: Query<At>): Promise<Key | undefined>;
  getAll(query?: Query<At>, count?: number): Promise<Row[]>;
  getAllKeys(query?: Query<At>, count?: number): Promise<Key[]>;
  count(query?: Query<At>): Promise<number>;
  openKeyCursor(query?: Query<At>, direction?: 'next' | 'prev'): Promise<Cursor<At, Key> | null>;
}

/** An immutable position among rows; moving returns another one. */
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
  /** `key` for object stores without a key path. Stores a structured clone. */
  put(row: Row, key?: Key): Promise<unknown>;
  /** Fails with `ConstraintError` if the key exists, which aborts the transaction. */
  add(row: Row, key?: Key): Promise<unknown>;
  delete(query: Query<Key>): Promise<unknown>;
  clear(): Promise<unknown>;
  /** Where waiting for a request costs something: requests a write for which nobody waits. */
  send?(how: 'put' | 'add', row: Row, key?: Key): void;
}

/** Requests a write and waits for nothing: the transaction's end tells whether it is stored. */
export function send<Row, Key>(store: WriteStore<Row, Key>, how: 'put' | 'add', row: Row, key?: Key): void {
  if (store.send) store.send(how, row, key);
  else store[how](row, key).catch(() => {});
}

import type { QuarantinedRow } from '../types/check.js';
import type { KeyRange } from '../database/key-order.js';
import type { Rows, WriteStore } from '../database/object-store.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { Plaintext } from './plaintext.js';
import type { StoredRowAddress, RowAddress, RowKey, RowStore } from './encrypted-row.js';

/** A recorded write. */
export type Write =
  | {
      kind: 'row';
      how: 'put' | 'add';
      store: RowStore;
      key: RowKey;
      columns: Record<string, unknown>;
      plaintext: Plaintext;
    }
  | { kind: 'delete'; store: RowStore; range: RowKey | KeyRange }
  | { kind: 'clear'; store: RowStore | 'quarantine' }
  /** Stored unchanged: rows that are not encrypted, or already are. */
  | { kind: 'raw'; store: 'meta' | 'quarantine'; row: unknown; key?: string }
  /** A replacement of a row in the quarantine. */
  | {
      kind: 'kept';
      kept: QuarantinedRow;
      key: number | undefined;
      address: RowAddress | StoredRowAddress;
      plaintext: Plaintext;
    }
  | { kind: 'delete meta'; key: string };

/** An object store of rows as they are stored, of any shape. */
export type RawStore = WriteStore<any, any, any>;
export type RawRows = Rows<any, any, any>;

export const rawStore = (transaction: ReadTransaction, name: RowStore | 'meta' | 'quarantine'): RawStore =>
  (transaction as WriteTransaction).objectStore(name) as RawStore;

/** Wraps a store, so that some of its methods can be replaced. */
export const like = (store: RawStore): RawStore => ({
  ...rowsLike(store),
  index: (name) => store.index(name),
  openCursor: (direction) => store.openCursor(direction),
  put: (row, key) => store.put(row, key),
  add: (row, key) => store.add(row, key),
  delete: (query) => store.delete(query),
  clear: () => store.clear(),
});

export const rowsLike = (rows: RawRows): RawRows => ({
  name: rows.name,
  get: (query) => rows.get(query),
  getKey: (query) => rows.getKey(query),
  getAll: (query, count) => rows.getAll(query, count),
  getAllKeys: (query, count) => rows.getAllKeys(query, count),
  count: (query) => rows.count(query),
  openKeyCursor: (query, direction) => rows.openKeyCursor(query, direction),
});

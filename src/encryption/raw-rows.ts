import type { QuarantinedRow } from '../contract/check.js';
import type { LogKey, ReadTransaction } from '../database/schema.js';
import type { Plaintext } from './plaintext.js';
import type { KeptPlace, Place, RowKey, RowStore } from './sealed-rows.js';

/** Something that was asked to be written. */
export type Write =
  | {
      kind: 'row';
      how: 'put' | 'add';
      store: RowStore;
      key: RowKey;
      columns: Record<string, unknown>;
      plaintext: Plaintext;
    }
  | { kind: 'delete'; store: RowStore; range: RowKey | IDBKeyRange }
  | { kind: 'clear'; store: RowStore | 'quarantine' }
  /** As it is: what is not encrypted, and what is already. */
  | { kind: 'raw'; store: 'meta' | 'quarantine'; row: unknown; key?: string }
  /** In the quarantine, in place of what is there. */
  | {
      kind: 'kept';
      kept: QuarantinedRow;
      key: number | undefined;
      place: Place | KeptPlace;
      plaintext: Plaintext;
    }
  | { kind: 'delete meta'; key: string };

/** What an object store and an index have in common. */
export interface RawRows {
  get(query: unknown): Promise<any>;
  getKey(query: unknown): Promise<any>;
  getAll(query?: unknown, count?: number): Promise<any[]>;
  getAllKeys(query?: unknown, count?: number): Promise<any[]>;
  count(query?: unknown): Promise<number>;
  openKeyCursor(query?: unknown, direction?: IDBCursorDirection): Promise<unknown>;
}

export interface RawStore extends RawRows {
  put(row: unknown, key?: RowKey | number): Promise<unknown>;
  add(row: unknown, key?: RowKey): Promise<unknown>;
  delete(query: unknown): Promise<void>;
  clear(): Promise<void>;
  index(name: string): RawRows;
  openCursor(): Promise<RawCursor | null>;
}

export interface RawCursor {
  key: LogKey;
  primaryKey: RowKey;
  value: unknown;
  continue(): Promise<RawCursor | null>;
}

/** Without idb's types, which depend on the object store's name. */
export const rawStore = (transaction: ReadTransaction, name: RowStore | 'meta' | 'quarantine') =>
  transaction.objectStore(name) as unknown as RawStore;

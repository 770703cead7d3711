import type { QuarantinedRow } from '../types/check.js';
import {
  type Cipher,
  type Entry,
  logKey,
  type LogKey,
  type ReadTransaction,
  type StoreName,
  type Stores,
  type WriteTransaction,
} from '../database/schema.js';
import { isCipher, type Plaintext } from './cipher.js';
import { jsonOf } from '../platform/json.js';
import type { KeyRange } from '../database/key-order.js';
import type { Rows, WriteStore } from '../database/object-store.js';

/** The object stores whose rows are encrypted; all but `meta`. */
export const ROW_STORES = ['snapshots', 'logs', 'sessions'] as const;
export type RowStore = (typeof ROW_STORES)[number];
export type RowKey = string | LogKey;

/** A row's address; a cipher can be decrypted at no other. */
export type RowAddress = readonly [store: RowStore, key: RowKey];

/** The address of a row that was unencrypted when it was put into the quarantine. */
export type StoredRowAddress = readonly ['quarantine', store: string, key: IDBValidKey];

/**
 * The addresses that a row in the quarantine may be encrypted for, since it may have been encrypted when it was put there.
 */
export function addressesOf({ store, key }: QuarantinedRow): [StoredRowAddress, RowAddress] {
  return [
    ['quarantine', store, key],
    [store as RowStore, key as RowKey],
  ];
}

/** The columns of a row: what the key and the indexes need stays readable beside the cipher. */
const COLUMNS: { [Store in RowStore]: (row: Stores[Store][0]) => Record<string, unknown> } = {
  snapshots: ({ id, sessionId, createdMs, version, info }) => ({
    id,
    sessionId,
    createdMs,
    version,
    info: info?.parentId === undefined ? {} : { parentId: info.parentId },
  }),
  sessions: (row) => ({
    id: row.id,
    updatedMs: row.updatedMs,
    ...(Object.hasOwn(row, 'where') && { where: row.where }),
  }),
  // The key of a log's row contains everything that has to be readable.
  logs: () => ({}),
};

export function columnsOf(store: RowStore, row: any): Record<string, unknown> {
  return COLUMNS[store](row);
}

/** A stored row: its cipher. The columns are left out. */
interface EncryptedRow {
  cipher: Cipher;
}

export function hasCipher(row: unknown): row is EncryptedRow {
  return isCipher((row as Partial<EncryptedRow> | undefined)?.cipher);
}

/** A fingerprint of a cipher at an address; GCM's tag at the end depends on all bytes. */
export function cipherFingerprint(address: RowAddress | StoredRowAddress, { iv, data }: Cipher): string {
  const tag = new Uint8Array(data).slice(-16);
  return jsonOf([address, [...iv], [...tag]]);
}

/** Whether a stored row's columns and address agree with its decrypted row. */
export function belongs([store, key]: RowAddress, stored: object, row: any): boolean {
  const { cipher: _, ...columns } = stored as EncryptedRow;
  if (store === 'logs' && !Array.isArray(row?.entries)) return false;
  const actual = store === 'logs' ? logKey((key as LogKey)[0], row) : row.id;
  return jsonOf([key, columns]) === jsonOf([actual, columnsOf(store, row)]);
}

/** A recorded write. */
export type Write =
  | {
      kind: 'row';
      how: 'put' | 'add';
      store: RowStore;
      key: RowKey;
      columns: Record<string, unknown>;
      /** Its entries in the index `where`, with values as they are. */
      where: readonly Entry[] | undefined;
      plaintext: Plaintext;
    }
  | { kind: 'delete'; store: RowStore; range: RowKey | KeyRange }
  | { kind: 'clear'; store: RowStore | 'quarantine' | 'outbox' | 'sync' }
  /** Stored unchanged: rows that are not encrypted, or already are. */
  | { kind: 'raw'; store: 'meta' | 'quarantine' | 'outbox' | 'sync'; row: unknown; key?: unknown }
  /** A replacement of a row in the quarantine. */
  | {
      kind: 'kept';
      kept: QuarantinedRow;
      key: number | undefined;
      address: RowAddress | StoredRowAddress;
      plaintext: Plaintext;
    }
  | { kind: 'delete raw'; store: 'meta' | 'outbox' | 'sync'; key: unknown };

/** An object store of rows as they are stored, of any shape. */
export type RawStore = WriteStore<any, any, any>;
export type RawRows = Rows<any, any, any>;

export const rawStore = (transaction: ReadTransaction, name: StoreName): RawStore =>
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

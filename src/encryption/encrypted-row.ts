import type { QuarantinedRow } from '../types/check.js';
import { logKey, type Cipher, type LogKey, type Stores } from '../database/schema.js';
import { isCipher } from './cipher.js';
import { jsonOf } from '../platform/json.js';

/** The object stores whose rows are encrypted; all but `meta`. */
export const ROW_STORES = ['snapshots', 'logs', 'sessions'] as const;
export type RowStore = (typeof ROW_STORES)[number];
export type RowKey = string | LogKey;

/** Where a row is; what is sealed for one place opens at no other. */
export type RowAddress = readonly [store: RowStore, key: RowKey];

/** The same for what was not encrypted yet when it was put aside, whatever it may be. */
export type StoredRowAddress = readonly ['quarantine', store: string, key: IDBValidKey];

/** What a row in the quarantine may be sealed for: it may have been sealed when it was put aside. */
export function addressesOf({ store, key }: QuarantinedRow): [StoredRowAddress, RowAddress] {
  return [
    ['quarantine', store, key],
    [store as RowStore, key as RowKey],
  ];
}

/** What stays readable beside the cipher, because the key or an index is made of it. */
const COLUMNS: { [Store in RowStore]: (row: Stores[Store][0]) => Record<string, unknown> } = {
  snapshots: ({ id, sessionId, createdMs, version, info }) => ({
    id,
    sessionId,
    createdMs,
    version,
    info: info?.parentId === undefined ? {} : { parentId: info.parentId },
  }),
  sessions: ({ id, updatedMs }) => ({ id, updatedMs }),
  // All that has to be known of a log's row is in its key.
  logs: () => ({}),
};

export function columnsOf(store: RowStore, row: any): Record<string, unknown> {
  return COLUMNS[store](row);
}

/** A row in an encrypted database, the columns left out. */
export interface SealedRow {
  cipher: Cipher;
}

export function isSealed(row: unknown): row is SealedRow {
  return isCipher((row as Partial<SealedRow> | undefined)?.cipher);
}

/** The same for the same bytes at the same place, and for no others: the tag at their end depends on all. */
export function cipherFingerprint(place: RowAddress | StoredRowAddress, { iv, data }: Cipher): string {
  const tag = new Uint8Array(data).slice(-16);
  return jsonOf([place, [...iv], [...tag]]);
}

/** Whether what is readable of a stored row says the same as the row that was sealed, at the place where it is. */
export function belongs([store, key]: RowAddress, stored: object, row: any): boolean {
  const { cipher: _, ...columns } = stored as SealedRow;
  if (store === 'logs' && !Array.isArray(row?.entries)) return false;
  const actual = store === 'logs' ? logKey((key as LogKey)[0], row) : row.id;
  return jsonOf([key, columns]) === jsonOf([actual, columnsOf(store, row)]);
}

import type { QuarantinedRow } from '../types/check.js';
import { logKey, type Cipher, type LogKey, type Stores } from '../database/schema.js';
import { isCipher } from './cipher.js';
import { jsonOf } from '../platform/json.js';

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
  sessions: ({ id, updatedMs }) => ({ id, updatedMs }),
  // The key of a log's row contains everything that has to be readable.
  logs: () => ({}),
};

export function columnsOf(store: RowStore, row: any): Record<string, unknown> {
  return COLUMNS[store](row);
}

/** A stored row: its cipher. The columns are left out. */
export interface EncryptedRow {
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

import { behind, type KeyRange } from '../database/key-order.js';
import type { QuarantinedRow } from '../types/check.js';
import type { Connection } from '../database/connection.js';
import { requestAll } from '../database/transaction.js';
import {
  addressesOf,
  rawStore,
  ROW_STORES,
  type RowAddress,
  type RowKey,
  type RowStore,
  type StoredRowAddress,
} from './encrypted-row.js';

/** The rows in a batch; merged rows of logs have up to 576 KiB each. */
const SLICE = 16;

/** The quarantine comes last: rows that are moved there meanwhile are already under the new key. */
export const STORES_OF_ROWS: readonly (RowStore | 'quarantine')[] = [...ROW_STORES, 'quarantine'];

export type StoredRow = {
  /** The addresses that it may be encrypted for. */
  addresses: readonly (RowAddress | StoredRowAddress)[];
  row: unknown;
} & ({ store: RowStore; key: RowKey } | { store: 'quarantine'; key: number });

/** All rows as they are stored, in batches with a transaction each, so that others need not wait long. */
export async function* rowBatchesOf(
  connection: Connection,
  stores: typeof STORES_OF_ROWS = STORES_OF_ROWS,
): AsyncGenerator<StoredRow[]> {
  for (const store of stores) {
    let range: KeyRange | undefined;
    for (;;) {
      const after = range;
      const [keys, rows] = await connection.read((transaction) => {
        const raw = rawStore(transaction, store);
        return requestAll(
          () => raw.getAllKeys(after, SLICE),
          () => raw.getAll(after, SLICE),
        );
      });
      yield keys.map((key, index): StoredRow => {
        const row: unknown = rows[index];
        if (store !== 'quarantine') return { store, key, addresses: [[store, key]], row };
        const kept = row as QuarantinedRow;
        return { store, key, addresses: addressesOf(kept), row: kept.row };
      });
      if (keys.length < SLICE) break;
      range = behind(keys.at(-1));
    }
  }
}

export function countRows(connection: Connection): Promise<number> {
  return connection.read(async (transaction) => {
    const counts = await requestAll(
      ...STORES_OF_ROWS.map((store) => () => rawStore(transaction, store).count()),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  });
}

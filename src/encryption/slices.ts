import type { Connection } from '../database/connection.js';
import { together } from '../database/transaction.js';
import { ROW_STORES, type Place, type RowKey, type RowStore } from './sealed-rows.js';
import { rawStore } from './stage.js';

/** Rows of logs have up to 512 KiB. */
const SLICE = 16;

export interface StoredRow {
  place: Place;
  row: unknown;
}

/** Goes through all rows as they are stored, some in each transaction, so that nobody has to wait long. */
export async function* slicesOf(
  connection: Connection,
  stores: readonly RowStore[] = ROW_STORES,
): AsyncGenerator<StoredRow[]> {
  for (const store of stores) {
    let range: IDBKeyRange | undefined;
    for (;;) {
      const after = range;
      const [keys, rows] = await connection.read((transaction) => {
        const raw = rawStore(transaction, store);
        return together(
          () => raw.getAllKeys(after, SLICE),
          () => raw.getAll(after, SLICE),
        );
      });
      yield keys.map((key: RowKey, index) => ({ place: [store, key], row: rows[index] }));
      if (keys.length < SLICE) break;
      range = IDBKeyRange.lowerBound(keys.at(-1), true);
    }
  }
}

export function countRows(connection: Connection): Promise<number> {
  return connection.read(async (transaction) => {
    const counts = await together(...ROW_STORES.map((store) => () => rawStore(transaction, store).count()));
    return counts.reduce((sum, count) => sum + count, 0);
  });
}

import type { DatabaseAccess } from '../../snapshots/database-access.js';
import { between } from '../../database/key-order.js';
import { nameOfKey } from '../../database/key-order.js';
import type { LogKey } from '../../database/schema.js';
import type { SessionStoreError } from '../../errors.js';

/** The keys of rows that the browser itself cannot read, in the form of `nameOfKey`. */
export type Unreadable = ReadonlySet<string>;

/**
 * Finds the rows of logs whose values the browser cannot read, for example because it lost a file. Reading one aborts
 * its transaction, so the search bisects, with a transaction for each half.
 */
export async function findUnreadable(
  read: DatabaseAccess['read'],
  signal?: AbortSignal,
): Promise<Unreadable> {
  const found = new Set<string>();
  const isReadable = async ([first, last]: readonly [LogKey, LogKey]): Promise<boolean> => {
    try {
      await read((transaction) => transaction.objectStore('logs').getAll(between(first, last)));
      return true;
    } catch (error) {
      if ((error as SessionStoreError).status !== 'DATA_LOSS') throw error;
      return false;
    }
  };
  const search = async (keys: readonly LogKey[]): Promise<void> => {
    signal?.throwIfAborted();
    const [first, last] = [keys[0], keys.at(-1)];
    if (!first || !last || (await isReadable([first, last]))) return;
    if (keys.length === 1) return void found.add(nameOfKey(first));
    const middle = Math.ceil(keys.length / 2);
    await search(keys.slice(0, middle));
    await search(keys.slice(middle));
  };
  const keys = await read((transaction) => transaction.objectStore('logs').getAllKeys());
  // As many rows as fit into memory; a merged row has up to 576 KiB.
  for (let at = 0; at < keys.length; at += 64) await search(keys.slice(at, at + 64));
  return found;
}

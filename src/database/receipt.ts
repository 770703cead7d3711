import type { LockedClock, ReadTransaction, WriteTransaction } from './schema.js';

/**
 * The key of this page's receipts in `meta`. Pages rarely share one, and a conflict needs writes at the same moment.
 */
const PLACE = `receipt ${Math.floor(Math.random() * 256)}`;

/** The receipt of each transaction. */
const left = new WeakMap<object, number>();

/**
 * Writes the clock's reading and a receipt beside it. If a connection is lost during a commit, the receipt tells
 * whether the transaction committed.
 */
export function putClock(transaction: WriteTransaction, clock: number | LockedClock): Promise<unknown> {
  const meta = transaction.objectStore('meta');
  const receipt = Math.floor(Math.random() * 2 ** 50);
  left.set(transaction, receipt);
  // The transaction's own error reports the failure.
  meta.put(receipt, PLACE).catch(() => {});
  return meta.put(clock, 'clock');
}

/** Whether an earlier transaction of this page committed, by its receipt. */
export async function hasCommitted(
  earlier: WriteTransaction,
  transaction: ReadTransaction,
): Promise<boolean> {
  const receipt = left.get(earlier);
  return receipt !== undefined && (await transaction.objectStore('meta').get(PLACE)) === receipt;
}

export const isReceipt = (key: unknown): boolean => String(key).startsWith('receipt ');

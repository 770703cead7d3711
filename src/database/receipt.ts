import type { LockedClock, ReadTransaction, WriteTransaction } from './schema.js';

/** Where this page leaves its receipts. Others rarely have the same place, and then only in the same moment. */
const PLACE = `receipt ${Math.floor(Math.random() * 256)}`;

/** What each transaction has left. */
const left = new WeakMap<object, number>();

/**
 * Writes the clock's reading, and a receipt beside it. A connection can be lost while a transaction commits, and
 * nobody hears what became of it; whether its receipt is there tells.
 */
export function putClock(transaction: WriteTransaction, clock: number | LockedClock): Promise<unknown> {
  const meta = transaction.objectStore('meta');
  const receipt = Math.floor(Math.random() * 2 ** 50);
  left.set(transaction, receipt);
  // The transaction's own error says what went wrong.
  meta.put(receipt, PLACE).catch(() => {});
  return meta.put(clock, 'clock');
}

/** Whether what an earlier transaction of this page wrote is there. */
export async function hasCommitted(
  earlier: WriteTransaction,
  transaction: ReadTransaction,
): Promise<boolean> {
  const receipt = left.get(earlier);
  return receipt !== undefined && (await transaction.objectStore('meta').get(PLACE)) === receipt;
}

export const isReceipt = (key: unknown): boolean => String(key).startsWith('receipt ');

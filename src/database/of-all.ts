import { Pace, UNITS } from './pace.js';
import type { ReadTransaction } from './schema.js';
import { Refusal } from './transaction.js';

/** A pace for work inside of a transaction. */
export const paceWithin = (transaction: ReadTransaction, signal?: AbortSignal): Pace =>
  new Pace(
    signal,
    () => transaction.objectStore('meta').get('clock'),
    (reason) => new Refusal(reason),
  );

/** Throws the signal's reason as a `Refusal` if the signal is aborted. */
export function heed(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Refusal(signal.reason);
}

/**
 * Makes one request for each item, in chunks, so that requests and their results do not pile up and a signal can stop
 * them. Resolves to the results, in order.
 */
export async function ofAll<T, R>(
  items: readonly T[],
  request: (item: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += UNITS) {
    heed(signal);
    const made = function* () {
      for (const item of items.slice(from, from + UNITS)) yield request(item);
    };
    // Made one by one: if `request` throws, the requests before it are already handled.
    for (const result of await Promise.all(Array.from(made(), watched))) results.push(result);
  }
  return results;
}

/** Prevents reports of an unhandled rejection if another request fails first. */
function watched<T>(request: Promise<T>): Promise<T> {
  request.catch(() => {});
  return request;
}

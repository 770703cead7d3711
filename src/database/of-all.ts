import { Pace, UNITS } from './pace.js';
import type { ReadTransaction } from './schema.js';
import { Refusal } from './transaction.js';

/** The pace of work inside of a transaction. */
export const paceWithin = (transaction: ReadTransaction, signal?: AbortSignal): Pace =>
  new Pace(
    signal,
    () => transaction.objectStore('meta').get('clock'),
    (reason) => new Refusal(reason),
  );

/** Throws the signal's reason, out of the transaction, if that is aborted. */
export function heed(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Refusal(signal.reason);
}

/**
 * Makes one request for each of many items, and waits for those before it makes more: neither the requests nor what
 * they are made of pile up, and whoever has to can stop it. Resolves to what they resolve to, in order.
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
    // One by one: if one of them throws, nobody else looks at what becomes of those before.
    for (const result of await Promise.all(Array.from(made(), watched))) results.push(result);
  }
  return results;
}

/** Not reported as nobody's error if another one is met first. */
function watched<T>(request: Promise<T>): Promise<T> {
  request.catch(() => {});
  return request;
}

import { observingRequests, type RequestMade } from '../database/observe-requests.js';

/** While `action` runs, its `nth` request that writes throws, as `put` does for a value it cannot store. */
export function throwingAtWrite<T>(nth: number, error: unknown, action: () => Promise<T>): Promise<T> {
  let writes = 0;
  return observingRequests((request) => {
    if (request.writes && ++writes === nth) throw error;
  }, action);
}

/**
 * Aborts a transaction after all of its requests have succeeded, as browsers do when the commit itself fails. With
 * an error it says why, as under quota; without one it is as if somebody had called `abort`.
 */
export function abortAtCommit(transaction: IDBTransaction, error?: DOMException): Promise<unknown> {
  if (error) Object.defineProperty(transaction, 'error', { value: error });
  const store = transaction.objectStore(transaction.objectStoreNames[0]!);
  let asking = false;
  let made = 0;
  let quietRounds = 0;
  // Requests succeed in the order in which they were made, so ours tell when the others have.
  const ask = (madeBefore: number) => {
    asking = true;
    const request = store.count();
    asking = false;
    request.onsuccess = () => {
      quietRounds = made === madeBefore ? quietRounds + 1 : 0;
      if (made > 0 && quietRounds > 3) transaction.abort();
      else ask(made);
    };
  };
  const count = (request: RequestMade) => {
    if (request.transaction === transaction && !asking) made++;
  };
  return observingRequests(count, () => {
    ask(0);
    return new Promise((resolve) => {
      transaction.addEventListener('abort', resolve);
      transaction.addEventListener('complete', resolve);
    });
  });
}

/** While `action` runs, the first `times` transactions that may write are aborted when they are about to commit. */
export async function abortingCommits<T>(
  times: number,
  error: DOMException | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const { prototype } = IDBDatabase;
  const original = prototype.transaction;
  const aborting: Promise<unknown>[] = [];
  prototype.transaction = function (...args) {
    const transaction = original.apply(this, args);
    if (transaction.mode === 'readwrite' && aborting.length < times) {
      aborting.push(abortAtCommit(transaction, error));
    }
    return transaction;
  };
  try {
    return await action();
  } finally {
    prototype.transaction = original;
    await Promise.all(aborting);
  }
}

/** While `action` runs, the first `times` transactions cannot be begun, as when the connection is closing. */
export async function refusingTransactions<T>(times: number, action: () => Promise<T>): Promise<T> {
  const { prototype } = IDBDatabase;
  const original = prototype.transaction;
  let refused = 0;
  prototype.transaction = function (...args) {
    if (refused++ < times) throw new DOMException('The database connection is closing.', 'InvalidStateError');
    return original.apply(this, args);
  };
  try {
    return await action();
  } finally {
    prototype.transaction = original;
  }
}

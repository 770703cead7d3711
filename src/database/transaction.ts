import { unwrap } from 'idb';
import { SessionStoreError } from '../errors.js';
import { within } from './deadline.js';
import { STORES, type Database, type WriteTransaction } from './schema.js';

/** Another tab's transaction may go on for as long, and nobody can see whether that tab was stopped in its midst. */
const TIMEOUT_MS = 30_000;

/** Carries an error of the caller's own code out of a transaction, whatever its type, untouched. */
export class Refusal {
  constructor(readonly reason: unknown) {}
}

/**
 * Makes several requests at once and waits for all. If one of them throws, nobody else looks at what becomes of the
 * others, so they are looked at one by one, as they are made.
 */
export function together<T extends readonly (() => Promise<unknown>)[]>(
  ...requests: T
): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }> {
  const made = function* () {
    for (const request of requests) yield request();
  };
  return Promise.all(made()) as never;
}

/**
 * Runs `work` in one transaction over all stores and resolves when what it wrote is committed.
 *
 * A request's `success` means nothing yet: under quota, browsers report it and abort afterwards. And the
 * transaction's own error is what happened; idb's `done` and the requests that fall with it show AbortError.
 */
export async function transact<T>(
  database: Database,
  mode: IDBTransactionMode,
  durability: IDBTransactionDurability,
  work: (transaction: WriteTransaction) => Promise<T>,
  running: Map<IDBTransaction, Promise<void>>,
  limitMs = TIMEOUT_MS,
): Promise<T> {
  // Readers get the same type: their functions ask for a ReadTransaction and cannot write.
  const transaction = database.transaction(STORES, mode, { durability }) as WriteTransaction;
  transaction.done.catch(() => {});
  // One in memory is no browser's.
  const raw =
    (unwrap(transaction) as IDBTransaction | undefined) ?? (transaction as unknown as IDBTransaction);
  const finished = new Promise<void>((resolve, reject) => {
    raw.addEventListener('complete', () => resolve());
    raw.addEventListener('abort', () => reject(raw.error));
  });
  // Observed below, but perhaps only after a rejection has already happened.
  const ended = finished.catch(() => {}).finally(() => running.delete(raw));
  running.set(raw, ended);

  const finish = async (): Promise<T> => {
    const result = await work(transaction);
    // What was read was read.
    if (mode === 'readonly') return result;
    // Never `commit()`: after that, Firefox keeps what was put before a put that finds no room, instead of aborting.
    await finished;
    return result;
  };
  let late: SessionStoreError | undefined;
  try {
    return await within(finish(), limitMs, () => (late = tooLong(limitMs)));
  } catch (error) {
    // Puts made before a synchronous throw would commit.
    abort(raw);
    if (late) {
      // What hangs may not even say that it has aborted.
      running.delete(raw);
      throw late;
    }
    const own = await finished.catch((reason: unknown) => reason);
    const ours = error instanceof Refusal || error instanceof SessionStoreError;
    throw ours ? error : (own ?? error);
  }
}

function tooLong(limitMs: number): SessionStoreError {
  return new SessionStoreError(
    'UNAVAILABLE',
    `IndexedDB did not finish within ${limitMs} ms: a tab that the browser has stopped may be in the midst of a save. Close other tabs, then look what was saved`,
  );
}

export function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

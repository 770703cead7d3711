import { SessionStoreError } from '../errors.js';
import { within } from '../runtime/timeout.js';
import { send } from './object-store.js';
import type { Database, LockedClock, ReadTransaction, SessionRow, WriteTransaction } from './schema.js';

/** Another tab's transaction may take this long, and whether that tab has been frozen during it cannot be seen. */
const TIMEOUT_MS = 30_000;

/** How long to wait for the end of a transaction that was aborted or lost its connection, in ms. */
const END_MS = 1000;

/** A running transaction. */
export interface Running {
  /** Settles when no more events of it are expected. */
  readonly ended: Promise<void>;
  /** Whether it may still make further writes. */
  isUnfinished(): boolean;
  /** Aborts it. If it does not end, whether it committed is unknown. */
  stop(): void;
}

/** Carries an error of the caller's own code out of a transaction, unchanged. */
export class Refusal {
  constructor(readonly reason: unknown) {}
}

/** Makes several requests at once and waits for all. If one throws synchronously, the later ones are not made. */
export async function requestAll<T extends readonly (() => Promise<unknown>)[]>(
  ...requests: T
): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }> {
  const made: Promise<unknown>[] = [];
  try {
    for (const request of requests) made.push(request());
  } catch (error) {
    made.push(Promise.reject(error));
  }
  // An array: zone.js replaces Promise with one whose `all` resolves at once for other iterables.
  return Promise.all(made) as never;
}

/**
 * Runs `work` in one transaction over all stores and resolves when its writes are committed.
 *
 * A request's `success` does not mean that it is stored: with a full quota, browsers report it and abort afterwards.
 * The transaction's own error is the cause; the other requests then fail with AbortError.
 *
 * `limitMs`: time limit; `Infinity` for work that may run as long as its requests are answered.
 */
export async function transact<T>(
  database: Database,
  mode: 'readonly' | 'readwrite',
  durability: IDBTransactionDurability,
  work: (transaction: WriteTransaction) => Promise<T>,
  running: Set<Running>,
  limitMs = TIMEOUT_MS,
): Promise<T> {
  const begun = database.begin(mode, durability);
  let silence: ReturnType<typeof setTimeout> | undefined;
  let stop!: () => void;
  const finished = new Promise<void>((resolve, reject) => {
    begun.finished.then(resolve, reject);
    stop = () => {
      begun.abort();
      // Chromium sends no more events once it has ended the connection.
      silence ??= setTimeout(() => reject(new DOMException('no answer', 'InvalidStateError')), END_MS);
    };
  });
  // Handled below, but perhaps only after the rejection.
  const ended = finished
    .catch(() => {})
    .finally(() => {
      clearTimeout(silence);
      running.delete(one);
    });
  let isUnfinished = mode === 'readwrite';
  const one: Running = { ended, stop, isUnfinished: () => isUnfinished };
  running.add(one);

  const finish = async (): Promise<T> => {
    const result = await work(begun.transaction);
    isUnfinished = false;
    begun.end();
    // A read's result does not depend on the commit.
    if (mode === 'readonly') return result;
    await finished;
    return result;
  };
  let late: SessionStoreError | undefined;
  try {
    const isEndless = limitMs === Infinity;
    const ms = isEndless ? TIMEOUT_MS : limitMs;
    return await within(
      // After the transaction has ended, its requests may never be answered.
      Promise.race([finish(), new Promise<never>((_, reject) => finished.catch(reject))]),
      ms,
      () => (late = tooLong(ms)),
      (progress) => isEndless && begun.onAnswer(progress),
    );
  } catch (error) {
    // Without this, puts made before a synchronous throw would commit.
    stop();
    if (late) throw late;
    const own = await finished.catch((reason: unknown) => reason);
    const ours = error instanceof Refusal || error instanceof SessionStoreError;
    throw ours ? error : (own ?? error);
  }
}

function tooLong(limitMs: number): SessionStoreError {
  return new SessionStoreError(
    'UNAVAILABLE',
    `IndexedDB did not finish within ${limitMs} ms: a tab that the browser has stopped may hold it. Close other tabs, then look what was saved`,
  );
}

/** Which key of receipts is the next one to be taken. */
let next = Math.floor(Math.random() * 256);

/**
 * A key in `meta` for the receipts of a connection. Those of a page share none, so that one store does not overwrite the
 * receipt of another; pages rarely do, and a conflict needs writes at the same moment.
 */
export const newPlace = (): string => `receipt ${next++ % 256}`;

/** How many receipts a session's row keeps: as many connections may save in it until one of them looks for its own. */
const MOST_RECEIPTS = 8;

/** What shows that a transaction has committed. */
interface Receipt {
  place: string;
  /** The receipt itself. */
  left?: number;
  /** The session in whose row it is, if it has no row of its own. */
  sessionId?: string | undefined;
  /** Instead of a receipt: the id of a snapshot that only this transaction can add. */
  added?: string | undefined;
}

/** The receipts of transactions. Rehearsals leave none. */
export const receipts = new WeakMap<object, Receipt>();

/**
 * Writes the clock's reading and a receipt beside it; the transaction's end tells whether they are stored. If a
 * connection is lost during a commit, the receipt tells whether the transaction committed. `added`: a snapshot with a
 * random id, all that the transaction saves; that it is there tells the same. `session`: a row that is yet to be put, and
 * takes the receipt along.
 */
export function putClock(
  transaction: WriteTransaction,
  clock: number | LockedClock,
  added?: string,
  session?: SessionRow,
): void {
  const meta = transaction.objectStore('meta');
  const receipt = receipts.get(transaction);
  if (receipt) {
    const { place } = receipt;
    const left = Math.floor(Math.random() * 2 ** 50);
    Object.assign(receipt, { left, added, sessionId: session?.id });
    if (session && added === undefined) {
      const others = (session.receipts ?? []).filter((each) => each?.[0] !== place);
      session.receipts = [...others.slice(1 - MOST_RECEIPTS), [place, left]];
    } else if (added === undefined) send(meta, 'put', left, place);
  }
  send(meta, 'put', transaction.syncs ? -(clock as number) : clock, 'clock');
}

/** Whether an earlier transaction of the same connection committed, by its receipt. */
export async function hasCommitted(
  earlier: WriteTransaction,
  transaction: ReadTransaction,
): Promise<boolean> {
  const { place, left, added, sessionId } = receipts.get(earlier)!;
  if (added !== undefined) return (await transaction.objectStore('snapshots').getKey(added)) !== undefined;
  if (sessionId === undefined)
    return left !== undefined && (await transaction.objectStore('meta').get(place)) === left;
  const row: any = await transaction.objectStore('sessions').get(sessionId);
  const found: unknown = (row?.hidden ?? row)?.receipts;
  return Array.isArray(found) && found.some((each) => each?.[0] === place && each[1] === left);
}

export const isReceipt = (key: unknown): boolean => String(key).startsWith('receipt ');

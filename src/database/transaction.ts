import { SessionStoreError } from '../errors.js';
import { within } from '../runtime/timeout.js';
import type { Database, WriteTransaction } from './schema.js';

/** Another tab's transaction may go on for as long, and nobody can see whether that tab was stopped in its midst. */
const TIMEOUT_MS = 30_000;

/** After so many ms, one that was aborted or lost its connection is not expected to say so any more. */
const END_MS = 1000;

/** A transaction that is under way. */
export interface Running {
  /** Nothing more is heard of it. */
  readonly ended: Promise<void>;
  /** Whether it may still write something that it has not asked for. */
  isUnfinished(): boolean;
  /** Ends it, if it does not end by itself: it is aborted, or what became of it cannot be known. */
  stop(): void;
}

/** Carries an error of the caller's own code out of a transaction, whatever its type, untouched. */
export class Refusal {
  constructor(readonly reason: unknown) {}
}

/** Makes several requests at once and waits for all. If one of them throws, none is made after it. */
export async function requestAll<T extends readonly (() => Promise<unknown>)[]>(
  ...requests: T
): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }> {
  const made: Promise<unknown>[] = [];
  try {
    for (const request of requests) made.push(request());
  } catch (error) {
    made.push(Promise.reject(error));
  }
  // An array: some replacements of Promise take nothing else, and answer that all is done (zone.js).
  return Promise.all(made) as never;
}

/**
 * Runs `work` in one transaction over all stores and resolves when what it wrote is committed.
 *
 * A request's `success` means nothing yet: under quota, browsers report it and abort afterwards. And the
 * transaction's own error is what happened; the requests that fall with it show AbortError.
 *
 * `limitMs`: after how long it is given up; `Infinity` for work that goes on as long as its requests are answered.
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
      // Chromium says nothing more once it has ended the connection.
      silence ??= setTimeout(() => reject(new DOMException('no answer', 'InvalidStateError')), END_MS);
    };
  });
  // Observed below, but perhaps only after a rejection has already happened.
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
    // What was read was read.
    if (mode === 'readonly') return result;
    await finished;
    return result;
  };
  let late: SessionStoreError | undefined;
  try {
    const isEndless = limitMs === Infinity;
    const ms = isEndless ? TIMEOUT_MS : limitMs;
    return await within(
      // Its requests may never be answered when it has ended.
      Promise.race([finish(), new Promise<never>((_, reject) => finished.catch(reject))]),
      ms,
      () => (late = tooLong(ms)),
      (progress) => isEndless && begun.onAnswer(progress),
    );
  } catch (error) {
    // Puts made before a synchronous throw would commit.
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

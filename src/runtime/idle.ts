import { idleCallback, requestLock } from '../platform/browser.js';

/** How long to wait where the browser does not report idle time, in ms. */
const PAUSE_MS = 200;

/** How long to wait for the lock manager, which normally answers at once, in ms. */
const PATIENCE_MS = 2000;

/** Runs work in idle time. Does not keep a process alive. */
export function whenIdle(run: () => unknown): void {
  const whenIdle = idleCallback();
  if (whenIdle) whenIdle(run, { timeout: 2000 });
  else (setTimeout(run, PAUSE_MS) as { unref?: () => void }).unref?.();
}

/**
 * Runs work unless another tab runs it. Where there are no locks it runs without one, since every transaction is atomic
 * by itself.
 */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // A lock manager that does not answer must not delay `close()`.
    let isLate = false;
    let working: Promise<void> | undefined;
    const timer = setTimeout(() => resolve(void (isLate = true)), PATIENCE_MS);
    const begin = () => {
      clearTimeout(timer);
      return isLate ? undefined : (working = work());
    };
    requestLock(name, { ifAvailable: true }, (lock) => (lock ? begin() : undefined))
      // Locks are missing or refused (opaque origins), or the lock was stolen while the work goes on.
      .catch(() => working ?? begin())
      .then(() => resolve(), reject)
      .finally(() => clearTimeout(timer));
  });
}

/**
 * Runs work when no other tab runs work of the same name, or, if `shared`, only none that is `exclusive`; after a time
 * limit, or where there are no locks, it runs anyway. If the signal is aborted before, rejects with its reason.
 */
export function inTurn<T>(
  name: string,
  work: () => Promise<T>,
  mode: LockMode = 'exclusive',
  limitMs = PATIENCE_MS,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve) => {
    let working: Promise<T> | undefined;
    const patience = new AbortController();
    // Work that has begun goes on even if another tab steals the lock.
    const begin = (): Promise<T> => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve((working ??= signal?.aborted ? Promise.reject(signal.reason) : work()));
      return working;
    };
    // A lock manager that never answers may not settle the request when it is aborted either.
    const giveUp = () => {
      patience.abort();
      void begin();
    };
    const timer = setTimeout(giveUp, limitMs);
    signal?.addEventListener('abort', giveUp);
    requestLock(name, { mode, signal: patience.signal }, begin)
      .catch(begin)
      .catch(() => {});
  });
}

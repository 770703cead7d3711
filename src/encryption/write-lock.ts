import { requestLock } from '../platform/browser.js';

/** How long to wait for the lock, in ms. The tab that holds it may be frozen. */
const PATIENCE_MS = 2000;

/**
 * Runs work while no other tab runs work of the same name, so that rehearsals are not wasted. The lock is best effort:
 * after the time limit the work runs without it, which is safe because the stamp is checked.
 */
export function withWriteLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => {
    let working: Promise<T> | undefined;
    const patience = new AbortController();
    // Work that has begun goes on even if another tab steals the lock.
    const begin = () => {
      clearTimeout(timer);
      resolve((working ??= work()));
      return working;
    };
    const timer = setTimeout(() => {
      // A lock manager that never answers may not settle the request when it is aborted either.
      patience.abort();
      void begin();
    }, PATIENCE_MS);
    requestLock(name, { signal: patience.signal }, begin)
      .catch(begin)
      .catch(() => {});
  });
}

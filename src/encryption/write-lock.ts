import { requestLock } from '../platform/browser.js';

/** How long to wait for one's turn, in ms. A tab may have been stopped in the midst of its own. */
const PATIENCE_MS = 2000;

/**
 * Runs work when no other tab is at something of the same name, so that nobody works in vain again and again. That
 * is a courtesy: who has waited long enough goes on, and must be able to.
 */
export function withWriteLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => {
    let working: Promise<T> | undefined;
    const patience = new AbortController();
    // What was begun goes on, even if somebody steals the turn meanwhile.
    const begin = () => {
      clearTimeout(timer);
      resolve((working ??= work()));
      return working;
    };
    const timer = setTimeout(() => {
      // A lock manager that never answers may not answer this either.
      patience.abort();
      void begin();
    }, PATIENCE_MS);
    requestLock(name, { signal: patience.signal }, begin)
      .catch(begin)
      .catch(() => {});
  });
}

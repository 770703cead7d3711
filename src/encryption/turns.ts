import { requestLock } from '../platform/browser.js';

/** How long to wait for one's turn, in ms. A tab may have been stopped in the midst of its own. */
const PATIENCE_MS = 2000;

/**
 * Runs work when no other tab is at something of the same name, so that nobody works in vain again and again. That
 * is a courtesy: who has waited long enough goes on, and must be able to.
 */
export async function takeTurns<T>(name: string, work: () => Promise<T>): Promise<T> {
  let working: Promise<T> | undefined;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await requestLock(name, { signal: patience.signal }, () => (working = work()));
  } catch {
    // What was begun goes on, even if somebody has stolen the turn meanwhile.
    return await (working ?? work());
  } finally {
    clearTimeout(timer);
  }
}

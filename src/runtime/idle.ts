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

/** Runs work while nobody runs `alone` work of the same name; after a time limit it runs anyway. */
export async function withoutOthers<T>(name: string, work: () => Promise<T>): Promise<T> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  await new Promise<void>((resolve) => {
    const patience = new AbortController();
    const giveUp = () => {
      patience.abort();
      resolve();
    };
    const timer = setTimeout(giveUp, PATIENCE_MS);
    const held = () => {
      resolve();
      return ended;
    };
    requestLock(name, { mode: 'shared', signal: patience.signal }, held)
      .catch(resolve)
      .finally(() => clearTimeout(timer));
  });
  return work().finally(end);
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

import { idleCallback, requestLock } from '../platform/browser.js';

/** How long to wait where the browser does not say when it is idle, in ms. */
const PAUSE_MS = 200;

/** How long an answer is waited for that should come at once, in ms. */
const PATIENCE_MS = 2000;

/** Runs work when there is nothing better to do. Keeps no process alive. */
export function whenIdle(run: () => void): void {
  const whenIdle = idleCallback();
  if (whenIdle) whenIdle(run, { timeout: 2000 });
  else (setTimeout(run, PAUSE_MS) as { unref?: () => void }).unref?.();
}

/** Keeps others from work that they do `alone` while this goes on; if they do not let it begin soon, it does all the same. */
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

/** Runs work unless another tab is at it. Where there are no locks, every transaction still is whole by itself. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // A lock manager that does not answer keeps nobody from closing.
    let isLate = false;
    let working: Promise<void> | undefined;
    const timer = setTimeout(() => resolve(void (isLate = true)), PATIENCE_MS);
    const begin = () => {
      clearTimeout(timer);
      return isLate ? undefined : (working = work());
    };
    requestLock(name, { ifAvailable: true }, (lock) => (lock ? begin() : undefined))
      // Missing, or refused, as to an opaque origin; or stolen, while the work goes on.
      .catch(() => working ?? begin())
      .then(() => resolve(), reject)
      .finally(() => clearTimeout(timer));
  });
}

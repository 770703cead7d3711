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

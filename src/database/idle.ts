/** How long to wait where the browser does not say when it is idle, in ms. */
const PAUSE_MS = 200;

/** How long an answer is waited for that should come at once, in ms. */
const PATIENCE_MS = 2000;

/** Runs work when there is nothing better to do. Keeps no process alive. */
export function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 2000 });
  else (setTimeout(run, PAUSE_MS) as { unref?: () => void }).unref?.();
}

/** Runs work unless another tab is at it. Without a lock manager, every transaction still is whole by itself. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  if (typeof navigator === 'undefined' || !navigator.locks) return work();
  await new Promise<void>((resolve, reject) => {
    // A lock manager that does not answer keeps nobody from closing.
    let isLate = false;
    const timer = setTimeout(() => resolve(void (isLate = true)), PATIENCE_MS);
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        clearTimeout(timer);
        return lock && !isLate ? work() : undefined;
      })
      .then(resolve, reject);
  });
}

import { requestLock } from '../../platform/browser.js';
import { followLifecycle } from '../../tabs/page-lifecycle.js';

/**
 * Runs work in one tab at a time: the holder of a Web Lock. When that tab is closed, crashes, goes to the bfcache or is frozen,
 * another takes over at once. Without locks each works for itself. Ends with the signal.
 */
export async function lead(
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
  page: { sleeps: () => void; wakes: () => void },
): Promise<void> {
  let turn = new AbortController();
  let isAsleep = false;
  let wakeUp: (() => void) | undefined;
  const sleep = () => {
    isAsleep = true;
    turn.abort();
    page.sleeps();
  };
  const wake = () => {
    isAsleep = false;
    wakeUp?.();
    page.wakes();
  };
  const end = () => {
    turn.abort();
    wakeUp?.();
  };
  const endLifecycle = followLifecycle({ hidden: sleep, frozen: sleep, gone: () => {}, back: wake });
  signal.addEventListener('abort', end);
  try {
    while (!signal.aborted) {
      if (isAsleep) await new Promise<void>((resolve) => (wakeUp = resolve));
      if (signal.aborted) break;
      const mine = new AbortController();
      turn = mine;
      let working: Promise<void> | undefined;
      const begin = (): Promise<void> => (working ??= work(mine.signal));
      // Waiting was ended, or there are no locks here, or somebody stole it.
      await requestLock(name, { signal: mine.signal }, begin).catch(() =>
        mine.signal.aborted ? working : begin(),
      );
    }
  } finally {
    signal.removeEventListener('abort', end);
    endLifecycle();
  }
}

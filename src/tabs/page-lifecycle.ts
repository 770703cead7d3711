import { shownPage } from '../platform/browser.js';

export interface LifecycleListener {
  /** The page may go to the bfcache; open connections and locks could prevent that. */
  hidden(): void;
  /** The page is unloading: no more events arrive, and only work begun by other `pagehide` listeners still runs. */
  gone(): void;
  /** The page is about to be frozen, and must not block others. */
  frozen(): void;
  /** The page resumes or becomes visible; commits may have been missed. */
  back(): void;
}

/** Follows the lifecycle of a page; a worker has none. Returns a function that ends it. */
export function followLifecycle({ hidden, gone, frozen, back }: LifecycleListener): () => void {
  const page = shownPage();
  if (!page) return () => {};
  const { window, document } = page;
  const end = new AbortController();
  const on = (target: EventTarget, type: string, listener: (event: Event) => void) =>
    target.addEventListener(type, listener, { signal: end.signal });
  on(window, 'pagehide', (event) => ((event as PageTransitionEvent).persisted ? hidden : gone)());
  on(window, 'pageshow', back);
  on(document, 'freeze', frozen);
  on(document, 'resume', back);
  on(document, 'visibilitychange', () => document.visibilityState === 'visible' && back());
  return () => end.abort();
}

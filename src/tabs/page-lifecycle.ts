import { shownPage } from '../platform/browser.js';

export interface LifecycleListener {
  /** The page may be kept aside, to be shown again later (bfcache). What it holds must not keep it from that. */
  hidden(): void;
  /** The page goes for good: it runs nothing more but what other listeners begin now. */
  gone(): void;
  /** The page is about to be stopped for some time. It must not keep others waiting. */
  frozen(): void;
  /** The page goes on, or somebody looks at it again. Much may have happened meanwhile. */
  back(): void;
}

/** Follows what the browser does with a page. A worker has no such life. Returns a function that ends it. */
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

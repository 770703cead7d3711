import { touched } from './browser.js';

/** What is needed of `fetch`. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The platform's own `fetch`, looked up when it is called: it may be replaced until then. */
export const ownFetch: Fetch = (url, init) => fetch(url, init);

/** Calls back when the device is online again, in pages and workers. Returns a function that ends it. */
export function onOnline(callback: () => void): () => void {
  const target = touched(() => globalThis.addEventListener) && globalThis;
  target?.addEventListener('online', callback);
  return () => target?.removeEventListener('online', callback);
}

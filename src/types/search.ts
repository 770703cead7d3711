import type { SessionStoreOptions } from './snapshot.js';

export interface SearchOptions extends SessionStoreOptions {
  /** The maximum number of hits to return, 1 to 1,000. Default 50. */
  limit?: number | undefined;
  /** Where to continue: the `cursor` of the previous page. */
  cursor?: string | undefined;
  /** Aborts the search; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called whenever some of about `total` sessions are done. Its errors are reported with `reportError`. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/** A message that contains all words of a query. */
export interface Hit {
  sessionId: string;
  /** The snapshot that brought the message; those that continue it have it too. */
  snapshotId: string;
  /** Its index in `state.messages` of that snapshot. */
  messageIndex: number;
  /** A piece of the message's text, and where words of the query are in it, in UTF-16 units: `text.slice(from, to)`. */
  excerpt: { text: string; ranges: [from: number, to: number][] };
}

export interface SearchPage {
  hits: Hit[];
  /** Pass it to the next call with the same query; absent on the last page. */
  cursor?: string | undefined;
}

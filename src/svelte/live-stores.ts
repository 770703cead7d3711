import { ON_SERVER, type LiveQuery, type QueryResult } from '../bindings/live-query.js';
import {
  sessionQuery,
  sessionsQuery,
  snapshotQuery,
  type SessionListControls,
  type SessionListOptions,
} from '../bindings/queries.js';
import type { SessionReader, SessionView } from '../bindings/session-source.js';
import type { SessionsReader, SessionsView } from '../bindings/sessions-source.js';
import type { SnapshotReader } from '../bindings/snapshot-source.js';
import type { GetSnapshotOptions, SessionSnapshot, SessionStoreOptions } from '../index.js';
import { isServer } from '../platform/browser.js';

/** A readable store, as Svelte defines it. Reads and watches while it has subscribers. */
export interface Live<T> {
  subscribe(this: void, run: (result: T) => void): () => void;
}

/** `ask` is called for each subscriber: those who ask the same share an answer. */
function live<T>(ask: () => LiveQuery<T>): Live<QueryResult<T>> {
  // Tells who made it, and not who subscribes, that what is given is no store.
  ask();
  return {
    subscribe(run) {
      const query = ask();
      if (isServer()) {
        run(ON_SERVER);
        return () => {};
      }
      let told: QueryResult<T> | undefined;
      const tell = () => {
        const result = query.current();
        if (result === told) return;
        told = result;
        run(result);
      };
      const end = query.subscribe(tell);
      tell();
      return end;
    },
  };
}

/**
 * The sessions by latest activity, page by page, live: updated when any tab saves, renames or deletes. Sessions that
 * have not changed stay the same objects.
 *
 * Errors come as `status: 'error'`: those of `listSessions`.
 */
export function liveSessions(
  store: SessionsReader,
  options: SessionListOptions = {},
): Live<QueryResult<SessionsView>> & SessionListControls {
  const ask = () => sessionsQuery(store, options);
  return { ...live(ask), loadMore: () => ask().more() };
}

/**
 * A session with its tree, leaves and selected head, live. A session that does not exist has an empty tree.
 *
 * Errors come as `status: 'error'`: those of `getTree`.
 */
export const liveSession = (
  store: SessionReader,
  sessionId: string,
  options: SessionStoreOptions = {},
): Live<QueryResult<SessionView>> => live(() => sessionQuery(store, sessionId, options));

/**
 * A snapshot by its id, or the latest leaf of a session, with its state, live. `data` is `undefined` if there is none.
 *
 * Errors come as `status: 'error'`: those of `getSnapshot`.
 */
export const liveSnapshot = <S = unknown>(
  store: SnapshotReader<S>,
  lookup: GetSnapshotOptions,
): Live<QueryResult<SessionSnapshot<S> | undefined>> => live(() => snapshotQuery(store, lookup));

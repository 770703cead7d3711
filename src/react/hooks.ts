import { useSyncExternalStore } from 'react';
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

const serverResult = () => ON_SERVER;

function useQuery<T>(query: LiveQuery<T>): QueryResult<T> {
  return useSyncExternalStore(query.subscribe, query.current, serverResult);
}

/**
 * The sessions by latest activity, page by page, live: updated when any tab saves, renames or deletes. Renders again
 * when one of the sessions shown has changed; the others stay the same objects, so memoised rows do not render.
 *
 * Errors come as `status: 'error'`: those of `listSessions`.
 */
export function useSessions(
  store: SessionsReader,
  options: SessionListOptions = {},
): QueryResult<SessionsView> & SessionListControls {
  const query = sessionsQuery(store, options);
  return { ...useQuery(query), loadMore: query.more };
}

/**
 * A session with its tree, leaves and selected head, live. Renders again only when that session changes, or when the
 * worker of one of its pending snapshots dies. A session that does not exist has an empty tree.
 *
 * Errors come as `status: 'error'`: those of `getTree`.
 */
export function useSession(
  store: SessionReader,
  sessionId: string,
  options: SessionStoreOptions = {},
): QueryResult<SessionView> {
  return useQuery(sessionQuery(store, sessionId, options));
}

/**
 * A snapshot by its id, or the latest leaf of a session, with its state, live. `data` is `undefined` if there is none.
 * Renders again only when that snapshot changes, or another becomes the latest.
 *
 * Errors come as `status: 'error'`: those of `getSnapshot`.
 */
export function useSnapshot<S = unknown>(
  store: SnapshotReader<S>,
  lookup: GetSnapshotOptions,
): QueryResult<SessionSnapshot<S> | undefined> {
  return useQuery(snapshotQuery(store, lookup));
}

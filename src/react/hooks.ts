import { useSyncExternalStore } from 'react';
import type { GetSnapshotOptions, ListOptions, SessionSnapshot, SessionStoreOptions } from '../index.js';
import { ON_SERVER, type LiveQuery, type QueryResult } from './live-query.js';
import { queryOf } from './queries.js';
import { sessionSource, type SessionReader, type SessionView } from './session-source.js';
import { sessionsSource, type SessionsReader, type SessionsView } from './sessions-source.js';
import { snapshotSource, type SnapshotReader } from './snapshot-source.js';

export interface UseSessionsOptions extends Pick<ListOptions, 'order' | 'context'> {
  /** Sessions that are read at once, 1 to 1,000. Default 50. */
  pageSize?: number | undefined;
}

export interface SessionListControls {
  /** Reads the next page, if there is one: once, however often it is called meanwhile. Stays the same function. */
  loadMore: () => void;
}

const serverResult = () => ON_SERVER;

function useQuery<T>(query: LiveQuery<T>): QueryResult<T> {
  return useSyncExternalStore(query.subscribe, query.current, serverResult);
}

/**
 * The sessions by latest activity, page by page, live: whichever tab saves, renames or deletes. Renders again when a
 * session of those that were read has changed; the others stay the same objects, so memoised rows rest.
 *
 * Errors come as `status: 'error'`: as of `listSessions`.
 */
export function useSessions(
  store: SessionsReader,
  { order = 'desc', pageSize = 50, context }: UseSessionsOptions = {},
): QueryResult<SessionsView> & SessionListControls {
  const query = queryOf<SessionsView>(store, `sessions ${order} ${pageSize}`, { context }, (observer) =>
    sessionsSource(store, { order, limit: pageSize, context }, observer),
  );
  return { ...useQuery(query), loadMore: query.more };
}

/**
 * A session with its tree, leaves and selected head, live. Renders again only when that session changes, or when the
 * worker of one of its pending snapshots dies. One that does not exist has an empty tree.
 *
 * Errors come as `status: 'error'`: as of `getTree`.
 */
export function useSession(
  store: SessionReader,
  sessionId: string,
  { context }: SessionStoreOptions = {},
): QueryResult<SessionView> {
  return useQuery(
    queryOf(store, `session ${sessionId}`, { context }, (observer) =>
      sessionSource(store, sessionId, { context }, observer),
    ),
  );
}

/**
 * A snapshot by its id, or the latest leaf of a session, with its state, live. `data` is `undefined` if there is none.
 * Renders again only when that snapshot changes, or another becomes the latest.
 *
 * Errors come as `status: 'error'`: as of `getSnapshot`.
 */
export function useSnapshot<S = unknown>(
  store: SnapshotReader<S>,
  lookup: GetSnapshotOptions,
): QueryResult<SessionSnapshot<S> | undefined> {
  const { snapshotId, sessionId, context } = lookup;
  return useQuery(
    queryOf(store, `snapshot ${JSON.stringify([snapshotId, sessionId])}`, { context }, (observer) =>
      snapshotSource(store, { snapshotId, sessionId, context }, observer),
    ),
  );
}

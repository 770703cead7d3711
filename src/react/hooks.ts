import { useSyncExternalStore } from 'react';
import type { GetSnapshotOptions, ListOptions, SessionSnapshot, SessionStoreOptions } from '../index.js';
import { requireValid, taken } from '../values/arguments.js';
import { anything, described, record, type Shape } from '../values/schema.js';
import { ON_SERVER, type LiveQuery, type Observer, type QueryResult, type Source } from './live-query.js';
import { queryOf } from './queries.js';
import { sessionSource, type SessionReader, type SessionView } from './session-source.js';
import { sessionsSource, type SessionsReader, type SessionsView } from './sessions-source.js';
import { snapshotSource, type SnapshotReader } from './snapshot-source.js';

export interface UseSessionsOptions extends Pick<ListOptions, 'order' | 'context'> {
  /** The number of sessions per page, 1 to 1,000. New sessions are added to the list while it is shown. Default 50. */
  pageSize?: number | undefined;
}

export interface SessionListControls {
  /** Reads the next page, if there is one; calls while it is read have no effect. A stable function. */
  loadMore: () => void;
}

const serverResult = () => ON_SERVER;

function useQuery<T>(query: LiveQuery<T>): QueryResult<T> {
  return useSyncExternalStore(query.subscribe, query.current, serverResult);
}

/** A text for an id, or for an invalid value in its place. */
const named = (id: unknown) => (typeof id === 'string' ? JSON.stringify(id) : described(id));

/** The query for these options, or one that returns the error of invalid options. */
function asked<T, O extends SessionStoreOptions>(
  store: object,
  shape: Shape,
  options: O,
  keyOf: (options: O) => string,
  open: (options: O, observer: Observer<T>) => Source,
): LiveQuery<T> {
  requireValid(record, store, 'store');
  let known: O;
  try {
    known = taken({ ...shape, context: anything }, options);
  } catch (error) {
    return queryOf(store, String(error), {}, () => {
      throw error;
    });
  }
  return queryOf(store, keyOf(known), known, (observer) => open(known, observer));
}

/**
 * The sessions by latest activity, page by page, live: updated when any tab saves, renames or deletes. Renders again
 * when one of the sessions shown has changed; the others stay the same objects, so memoised rows do not render.
 *
 * Errors come as `status: 'error'`: those of `listSessions`.
 */
export function useSessions(
  store: SessionsReader,
  options: UseSessionsOptions = {},
): QueryResult<SessionsView> & SessionListControls {
  const query = asked<SessionsView, UseSessionsOptions>(
    store,
    { order: anything, pageSize: anything },
    options,
    ({ order, pageSize }) => `sessions ${named(order ?? 'desc')} ${named(pageSize ?? 50)}`,
    ({ order, pageSize = 50, context }, observer) =>
      sessionsSource(store, { order, limit: pageSize, context }, observer),
  );
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
  return useQuery(
    asked<SessionView, SessionStoreOptions>(
      store,
      {},
      options,
      () => `session ${named(sessionId)}`,
      (call, observer) => sessionSource(store, sessionId, call, observer),
    ),
  );
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
  return useQuery(
    asked<SessionSnapshot<S> | undefined, GetSnapshotOptions>(
      store,
      { snapshotId: anything, sessionId: anything },
      lookup,
      ({ snapshotId, sessionId }) => `snapshot ${named(snapshotId)} ${named(sessionId)}`,
      (call, observer) => snapshotSource(store, call, observer),
    ),
  );
}

import type {
  GetSnapshotOptions,
  ListSessionsOptions,
  SessionSnapshot,
  SessionStoreOptions,
} from '../index.js';
import { picked, requireValid, taken } from '../values/arguments.js';
import { anything, described, record, type Shape } from '../values/schema.js';
import type { LiveQuery, Observer, Source } from './live-query.js';
import { sessionSource, type SessionReader, type SessionView } from './session-source.js';
import { sessionsSource, type SessionsReader, type SessionsView } from './sessions-source.js';
import { sharedQuery } from './shared-queries.js';
import { snapshotSource, type SnapshotReader } from './snapshot-source.js';

export interface SessionListOptions extends Pick<ListSessionsOptions, 'order' | 'where' | 'context'> {
  /** The number of sessions per page, 1 to 1,000. New sessions are added to the list while it is shown. Default 50. */
  pageSize?: number | undefined;
}

export interface SessionListControls {
  /** Reads the next page, if there is one; calls while it is read have no effect. A stable function. */
  loadMore: () => void;
}

/** A text for an id, or for an invalid value in its place. */
const named = (id: unknown) => (typeof id === 'string' ? JSON.stringify(id) : described(id));

/** The query for these options, or one that returns the error of invalid options. */
function asked<T, O extends Pick<ListSessionsOptions, 'context' | 'where'>>(
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
    if (known.where !== undefined) {
      requireValid(record, known.where, 'options.where');
      known.where = picked(known.where, 'options.where');
    }
  } catch (error) {
    return sharedQuery(store, String(error), {}, () => {
      throw error;
    });
  }
  return sharedQuery(store, keyOf(known), known, (observer) => open(known, observer));
}

export const sessionsQuery = (store: SessionsReader, options: SessionListOptions): LiveQuery<SessionsView> =>
  asked<SessionsView, SessionListOptions>(
    store,
    { order: anything, pageSize: anything, where: anything },
    options,
    ({ order, pageSize }) => `sessions ${named(order ?? 'desc')} ${named(pageSize ?? 50)}`,
    ({ order, pageSize = 50, where, context }, observer) =>
      sessionsSource(store, { order, limit: pageSize, where, context }, observer),
  );

export const sessionQuery = (
  store: SessionReader,
  sessionId: string,
  options: SessionStoreOptions,
): LiveQuery<SessionView> =>
  asked<SessionView, SessionStoreOptions>(
    store,
    {},
    options,
    () => `session ${named(sessionId)}`,
    (call, observer) => sessionSource(store, sessionId, call, observer),
  );

export const snapshotQuery = <S>(
  store: SnapshotReader<S>,
  lookup: GetSnapshotOptions,
): LiveQuery<SessionSnapshot<S> | undefined> =>
  asked<SessionSnapshot<S> | undefined, GetSnapshotOptions>(
    store,
    { snapshotId: anything, sessionId: anything },
    lookup,
    ({ snapshotId, sessionId }) => `snapshot ${named(snapshotId)} ${named(sessionId)}`,
    (call, observer) => snapshotSource(store, call, observer),
  );

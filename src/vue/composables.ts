import { toRaw, toValue, type MaybeRefOrGetter } from 'vue';
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
import { liveRefs, type LiveRefs } from './live-refs.js';

/** A store behind a proxy of Vue cannot reach its private fields. */
const storeOf = <T>(store: MaybeRefOrGetter<T>): T => toRaw(toValue(store));

/**
 * The sessions by latest activity, page by page, live: updated when any tab saves, renames or deletes. Sessions that
 * have not changed stay the same objects. Every argument may be a ref or a getter.
 *
 * Errors come in `error`: those of `listSessions`.
 */
export function useSessions(
  store: MaybeRefOrGetter<SessionsReader>,
  options: MaybeRefOrGetter<SessionListOptions> = {},
): LiveRefs<SessionsView> & SessionListControls {
  const { more, ...refs } = liveRefs(() => sessionsQuery(storeOf(store), toValue(options)));
  return { ...refs, loadMore: more };
}

/**
 * A session with its tree, leaves and selected head, live. A session that does not exist has an empty tree. Every
 * argument may be a ref or a getter.
 *
 * Errors come in `error`: those of `getTree`.
 */
export function useSession(
  store: MaybeRefOrGetter<SessionReader>,
  sessionId: MaybeRefOrGetter<string>,
  options: MaybeRefOrGetter<SessionStoreOptions> = {},
): LiveRefs<SessionView> {
  const { more: _, ...refs } = liveRefs(() =>
    sessionQuery(storeOf(store), toValue(sessionId), toValue(options)),
  );
  return refs;
}

/**
 * A snapshot by its id, or the latest leaf of a session, with its state, live. `data` is `undefined` if there is none.
 * Every argument may be a ref or a getter.
 *
 * Errors come in `error`: those of `getSnapshot`.
 */
export function useSnapshot<S = unknown>(
  store: MaybeRefOrGetter<SnapshotReader<S>>,
  lookup: MaybeRefOrGetter<GetSnapshotOptions>,
): LiveRefs<SessionSnapshot<S> | undefined> {
  const { more: _, ...refs } = liveRefs(() => snapshotQuery(storeOf(store), toValue(lookup)));
  return refs;
}

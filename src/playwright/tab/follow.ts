import { SessionStoreError, type IndexedDBSessionStore } from '../../index.js';
import type { SnapshotSource } from '../condition.js';
import type { Feed } from './feed.js';

/** Feeds what is stored, and every later version. Returns a function that ends it. */
export function follow<S>(
  store: IndexedDBSessionStore<S>,
  source: SnapshotSource,
  feed: Feed<S>,
): () => void {
  const { snapshotId, sessionId } = source;
  if (snapshotId === undefined) return followLatest(store, sessionId, feed);
  if (sessionId !== undefined) {
    throw new SessionStoreError('INVALID_ARGUMENT', 'waitForSnapshot takes one of snapshotId and sessionId');
  }
  // Watchers get no errors, so this read reports them.
  store.getSnapshot({ snapshotId }).catch((error: unknown) => feed.fail(error));
  return store.onSnapshotStateChange(snapshotId, (snapshot) => feed.push(snapshot));
}

/** Follows the latest leaf of a session, or of the last active session. */
function followLatest<S>(
  store: IndexedDBSessionStore<S>,
  sessionId: string | undefined,
  feed: Feed<S>,
): () => void {
  let followed: string | undefined;
  let unfollow = () => {};
  let hasEnded = false;

  // Reads of a store resolve in call order, so the last result is current.
  const look = async () => {
    const id = sessionId ?? (await store.listSessions({ limit: 1 })).sessions[0]?.sessionId;
    const latest = id === undefined ? undefined : await store.getSnapshot({ sessionId: id });
    if (hasEnded || latest?.snapshotId === followed) return;
    unfollow();
    followed = latest?.snapshotId;
    unfollow = latest
      ? store.onSnapshotStateChange(latest.snapshotId, (snapshot) => feed.push(snapshot))
      : () => {};
  };
  const lookAgain = () => void look().catch((error: unknown) => feed.fail(error));

  const unwatch =
    sessionId === undefined ? store.onSessionsChange(lookAgain) : store.onSessionChange(sessionId, lookAgain);
  lookAgain();
  return () => {
    hasEnded = true;
    unwatch();
    unfollow();
  };
}

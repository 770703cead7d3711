// Proves, at compile time, that the type of `state.custom` reaches the stores, that Svelte takes them for its own, and
// what they refuse.
import { derived, fromStore, type Readable } from 'svelte/store';
import type { IndexedDBSessionStore } from '../../src/index.js';
import {
  getSessionStore,
  liveSession,
  liveSessions,
  liveSnapshot,
  setSessionStore,
  type QueryResult,
} from '../../src/svelte/index.js';

interface Custom {
  topic: string;
}
type Store = IndexedDBSessionStore<Custom>;

export function topics(store: Store): Readable<string | undefined> {
  setSessionStore(store);
  const snapshot = liveSnapshot(getSessionStore<Custom>(), { sessionId: 's' });
  // @ts-expect-error a topic is no number
  derived(snapshot, ({ data }): number | undefined => data?.state?.custom?.topic);
  return derived(snapshot, ({ data }) => data?.state?.custom?.topic);
}

export function current(store: Store): string | undefined {
  const list = liveSessions(store, { pageSize: 20 });
  list.loadMore();
  const readable: Readable<QueryResult<unknown>> = list;
  const session = fromStore(liveSession(store, 's')).current;
  return session.status === 'ready' ? session.data.branches.path[0] : fromStore(readable).current.error?.path;
}

export function refused(store: Store): unknown[] {
  return [
    // @ts-expect-error it is called pageSize
    liveSessions(store, { limit: 20 }),
    // @ts-expect-error which session?
    liveSession(store),
    // @ts-expect-error an id is a string
    liveSession(store, undefined),
    // @ts-expect-error ids have names
    liveSnapshot(store, 'a'),
    // @ts-expect-error this is no store
    liveSession({}, 's'),
  ];
}

// Proves, at compile time, that the type of `state.custom` reaches what the hooks return, and what they refuse.
import type { IndexedDBSessionStore, SessionStoreError } from '../../src/index.js';
import {
  SessionStoreProvider,
  suspend,
  useSession,
  useSessions,
  useSessionStore,
  useSnapshot,
  type QueryResult,
} from '../../src/react/index.js';

interface Custom {
  topic: string;
}
type Store = IndexedDBSessionStore<Custom>;

export function useTopic(store: Store): unknown[] {
  const snapshot = useSnapshot(store, { sessionId: 's' });
  const topic: string | undefined = snapshot.data?.state?.custom?.topic;
  // @ts-expect-error a topic is no number
  const wrong: number | undefined = snapshot.data?.state?.custom?.topic;
  return [topic, wrong];
}

export function useProvided(): [Store, string | undefined] {
  const store = useSessionStore<Custom>();
  // @ts-expect-error without a type nothing is known of what the application stores
  const unknown: string | undefined = useSnapshot(useSessionStore(), { snapshotId: 'a' }).data?.state?.custom;
  return [store, suspend(useSnapshot(store, { snapshotId: 'a' }))?.state?.custom?.topic ?? unknown];
}

export const provided = (store: Store) => SessionStoreProvider({ store, children: null });

export function narrowed(result: QueryResult<{ id: string }>): string | SessionStoreError | Promise<void> {
  // @ts-expect-error there may be no data yet
  const early: string = result.data.id;
  result.reload();
  if (result.status === 'ready') return result.data.id;
  if (result.status === 'error') return result.data?.id ?? result.error;
  const nothing: undefined = result.data ?? result.error;
  return result.settled ?? nothing ?? early;
}

export function useList(store: Store): string[] {
  const list = useSessions(store, { order: 'asc', pageSize: 20, context: { auth: {} } });
  list.loadMore();
  // @ts-expect-error what is shown may be shared
  list.data?.sessions.push();
  return list.status === 'ready' ? list.data.sessions.map(({ sessionId }) => sessionId) : [];
}

export function useRefused(store: Store): unknown[] {
  return [
    // @ts-expect-error it is called pageSize
    useSessions(store, { limit: 20 }),
    // @ts-expect-error pages are read by loadMore
    useSessions(store, { cursor: 'x' }),
    // @ts-expect-error values are compared, not looked into
    useSessions(store, { where: { tags: ['a'] } }),
    // @ts-expect-error there are two orders
    useSessions(store, { order: 'newest' }),
    // @ts-expect-error which session?
    useSession(store),
    // @ts-expect-error an id is a string
    useSession(store, undefined),
    // @ts-expect-error ids have names
    useSnapshot(store, 'a'),
    // @ts-expect-error there is no such id
    useSnapshot(store, { id: 'a' }),
    // @ts-expect-error this is no store
    useSession({}, 's'),
  ];
}

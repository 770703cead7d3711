// Proves, at compile time, that the type of `state.custom` reaches what the composables return, and what they refuse.
import { reactive, ref, type Ref } from 'vue';
import type { IndexedDBSessionStore } from '../../src/index.js';
import {
  provideSessionStore,
  useSession,
  useSessions,
  useSessionStore,
  useSnapshot,
} from '../../src/vue/index.js';

interface Custom {
  topic: string;
}
type Store = IndexedDBSessionStore<Custom>;

export function useTopic(store: Store, id: Ref<string>): unknown[] {
  const snapshot = useSnapshot(store, () => ({ snapshotId: id.value }));
  const topic: string | undefined = snapshot.data.value?.state?.custom?.topic;
  // @ts-expect-error a topic is no number
  const wrong: number | undefined = snapshot.data.value?.state?.custom?.topic;
  // @ts-expect-error what is shown changes with the store alone
  snapshot.data.value = undefined;
  const whole: string | undefined = reactive(snapshot).data?.state?.custom?.topic;
  return [topic, wrong, whole];
}

export function useProvided(store: Store): string | undefined {
  provideSessionStore(store);
  const held = ref(store);
  const session = useSession(held, 's', () => ({ context: {} }));
  const list = useSessions(useSessionStore(), { pageSize: 20 });
  list.loadMore();
  const head: string | undefined = session.data.value?.branches.messages[0]?.snapshotId;
  return head ?? useSnapshot(useSessionStore<Custom>(), { sessionId: 's' }).data.value?.state?.custom?.topic;
}

export function useRefused(store: Store): unknown[] {
  return [
    // @ts-expect-error it is called pageSize
    useSessions(store, { limit: 20 }),
    // @ts-expect-error which session?
    useSession(store),
    // @ts-expect-error an id is a string
    useSession(store, () => undefined),
    // @ts-expect-error ids have names
    useSnapshot(store, 'a'),
    // @ts-expect-error this is no store
    useSession({}, 's'),
  ];
}

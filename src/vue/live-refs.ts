import {
  computed,
  getCurrentInstance,
  hasInjectionContext,
  inject,
  onMounted,
  shallowRef,
  ssrContextKey,
  watch,
  type ComputedRef,
} from 'vue';
import { ON_SERVER, type LiveQuery, type QueryResult } from '../bindings/live-query.js';
import type { SessionStoreError } from '../index.js';

/**
 * The result of a composable, as refs. They are shallow: `data` is what the store returned, never a proxy of it, and
 * changes only as a whole.
 */
export interface LiveRefs<T> {
  status: ComputedRef<QueryResult<T>['status']>;
  /** With an error: the previous data, if there is any. */
  data: ComputedRef<T | undefined>;
  error: ComputedRef<SessionStoreError | undefined>;
  /** Reads the shown data again. */
  reload: () => void;
}

/** Follows the query that `ask` returns, which may read refs, until the current scope is stopped. */
export function liveRefs<T>(ask: () => LiveQuery<T>): LiveRefs<T> & { more: () => void } {
  // Vue would only log what is thrown in a watcher.
  ask();
  const result = shallowRef<QueryResult<T>>(ON_SERVER);
  let query: LiveQuery<T> | undefined;

  const follow = () =>
    watch(
      ask,
      (asked, _, onCleanup) => {
        const show = () => {
          result.value = asked.current();
        };
        query = asked;
        onCleanup(asked.subscribe(show));
        show();
      },
      // At once, so that what is shown never belongs to another id than the argument.
      { immediate: true, flush: 'sync' },
    );

  if (!isOnServer()) {
    // The first render has to match the server's.
    if (isHydrating()) onMounted(follow);
    else follow();
  }
  return {
    status: computed(() => result.value.status),
    data: computed(() => result.value.data),
    error: computed(() => result.value.error),
    reload: () => query?.reload(),
    more: () => query?.more(),
  };
}

const isOnServer = () => hasInjectionContext() && inject(ssrContextKey, undefined) !== undefined;

/** A component that takes over an element has it before its setup. */
const isHydrating = () => Boolean(getCurrentInstance()?.vnode.el);

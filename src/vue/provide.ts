import { inject, markRaw, provide, type App, type InjectionKey } from 'vue';
import type { IndexedDBSessionStore } from '../index.js';
import { requireValid } from '../values/arguments.js';
import { record } from '../values/schema.js';

const STORE: InjectionKey<IndexedDBSessionStore> = Symbol('offshoot');

/**
 * Provides a store to all components below the current one, or of a whole `app`. Whoever created the store closes it.
 * Marks it as raw, so that Vue never wraps it in a proxy, which cannot reach its private fields.
 */
export function provideSessionStore<S>(store: IndexedDBSessionStore<S>, app?: App): void {
  requireValid(record, store, 'store');
  const raw = markRaw(store) as never;
  if (app) app.provide(STORE, raw);
  else provide(STORE, raw);
}

/** The store provided above. Throws an Error if there is none. `S` is the type of `state.custom`. */
export function useSessionStore<S = unknown>(): IndexedDBSessionStore<S> {
  const store = inject(STORE, undefined);
  if (!store)
    throw new Error('useSessionStore needs provideSessionStore(store) in a component above, or for the app');
  return store as never;
}

import { getContext, setContext } from 'svelte';
import type { IndexedDBSessionStore } from '../index.js';
import { requireValid } from '../values/arguments.js';
import { record } from '../values/schema.js';

const STORE = Symbol('offshoot');

/** Hands a store to all components below the current one. Whoever created the store closes it. */
export function setSessionStore<S>(store: IndexedDBSessionStore<S>): void {
  requireValid(record, store, 'store');
  setContext(STORE, store);
}

/** The store of a component above. Throws an Error if there is none. `S` is the type of `state.custom`. */
export function getSessionStore<S = unknown>(): IndexedDBSessionStore<S> {
  const store = getContext<IndexedDBSessionStore<S> | undefined>(STORE);
  if (!store) throw new Error('getSessionStore needs setSessionStore(store) in a component above');
  return store;
}

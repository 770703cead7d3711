import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';
import type { IndexedDBSessionStore } from '../index.js';

const StoreContext = createContext<IndexedDBSessionStore | undefined>(undefined);

export interface SessionStoreProviderProps<S> {
  store: IndexedDBSessionStore<S>;
  children?: ReactNode;
}

/** Gives a store to everything below it. Whoever made the store closes it. */
export function SessionStoreProvider<S>({ store, children }: SessionStoreProviderProps<S>): ReactElement {
  return createElement(StoreContext.Provider, { value: store as never }, children);
}

/** The store of the nearest provider. Throws an Error if there is none. `S` is the type of `state.custom`. */
export function useSessionStore<S = unknown>(): IndexedDBSessionStore<S> {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useSessionStore needs a <SessionStoreProvider store={…}> above it');
  return store as never;
}

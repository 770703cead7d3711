import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';
import type { IndexedDBSessionStore } from '../index.js';
import { taken } from '../values/arguments.js';
import { anything, record } from '../values/schema.js';

const StoreContext = createContext<IndexedDBSessionStore | undefined>(undefined);

export interface SessionStoreProviderProps<S> {
  store: IndexedDBSessionStore<S>;
  children?: ReactNode;
}

const propsShape = { store: record, children: anything };

/** Provides a store to all components below. Whoever created the store closes it. */
export function SessionStoreProvider<S>(props: SessionStoreProviderProps<S>): ReactElement {
  const { store, children } = taken(propsShape, props, 'props');
  return createElement(StoreContext.Provider, { value: store as never }, children);
}

/** The store of the nearest provider. Throws an Error if there is none. `S` is the type of `state.custom`. */
export function useSessionStore<S = unknown>(): IndexedDBSessionStore<S> {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useSessionStore needs a <SessionStoreProvider store={…}> above it');
  return store as never;
}

import { useState, type ReactNode } from 'react';
import { SessionStoreProvider } from 'offshoot/react';
import { TurnRunner } from '../turns/runner.js';
import { RunnerContext } from '../turns/use-runner.js';
import { openStore } from './store.js';

/** Gives the store, and what runs in it, to everything below. */
export function StoreGate({ children }: { children: ReactNode }) {
  const [{ store, runner }] = useState(() => {
    const store = openStore();
    return { store, runner: new TurnRunner(store) };
  });
  return (
    <SessionStoreProvider store={store}>
      <RunnerContext value={runner}>{children}</RunnerContext>
    </SessionStoreProvider>
  );
}

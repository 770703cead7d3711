import { createContext, useContext, useSyncExternalStore } from 'react';
import type { LiveTurn, TurnRunner } from './runner.js';

export const RunnerContext = createContext<TurnRunner | undefined>(undefined);

export function useRunner(): TurnRunner {
  const runner = useContext(RunnerContext);
  if (!runner) throw new Error('useRunner needs a <RunnerContext> above it');
  return runner;
}

/** The turn while this tab is at it, with what has been answered so far. */
export function useLiveTurn(snapshotId: string | undefined): LiveTurn | undefined {
  const runner = useRunner();
  return useSyncExternalStore(runner.subscribe, () => runner.live(snapshotId));
}

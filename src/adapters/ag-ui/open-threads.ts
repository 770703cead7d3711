import { report } from '../../platform/browser.js';
import { taken } from '../../values/arguments.js';
import { requireStore } from '../../values/given.js';
import { callable, flag, optional } from '../../values/schema.js';
import { SavedThreads } from './saved-threads.js';
import type { OpenThreadsOptions, Threads, ThreadsStore } from './threads.js';

/**
 * Keeps the threads of AG-UI agents: a thread is a session, and each run a snapshot that grows while it streams. A run
 * that does not continue what was saved before (messages taken away or edited, another tab that ran first) becomes a
 * branch. The application owns the store, and closes it.
 *
 * Messages, the agent's state and the events of the run are `messages`, `custom` and `events` of a snapshot's state.
 * Source of the contract: `AbstractAgent` and `AgentSubscriber` of `@ag-ui/client` 1.
 */
export function openThreads(store: ThreadsStore, options: OpenThreadsOptions = {}): Threads {
  requireStore(store);
  const { events = true, onError = report } = taken(
    { events: optional(flag), onError: optional(callable) },
    options,
  );
  return new SavedThreads(store, events, onError);
}

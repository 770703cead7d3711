import type { AbstractAgent, AgentSubscriber, BaseEvent, Message, State } from '@ag-ui/client';
import type { IndexedDBSessionStore, ListOptions, SessionInfo, SnapshotStatus } from '../../index.js';
import type { FollowedStore } from '../shared/follow-head.js';

/** The part of a store that threads use. */
export type ThreadsStore = FollowedStore & Pick<IndexedDBSessionStore<any>, 'listSessions'>;

export interface OpenThreadsOptions {
  /** Whether the events of runs are kept. Default `true`. */
  events?: boolean | undefined;
  /** Called with every error of the store while a run is saved. By default it is reported with `reportError`. */
  onError?: ((error: unknown) => void) | undefined;
}

/** A thread in a list. */
export interface ThreadInfo extends Omit<SessionInfo, 'sessionId'> {
  threadId: string;
}

/** What an agent shows of a thread. */
export interface ShownThread {
  threadId: string;
  /** `undefined` if nothing of the thread is stored. */
  snapshotId: string | undefined;
  /** `pending` while a run is going on, `expired` if the tab that ran it is gone. */
  status: SnapshotStatus | undefined;
  messages: Message[];
  state: State;
}

/** A run on the way to what a thread shows. */
export interface SavedRun {
  snapshotId: string;
  runId: string | undefined;
  status: SnapshotStatus | undefined;
  events: BaseEvent[];
}

/** The threads of a store, for any number of agents. */
export interface Threads {
  /** Saves the runs of each agent that it is subscribed to: `agent.subscribe(threads.subscriber)`. */
  readonly subscriber: AgentSubscriber;
  /** Threads by latest activity. */
  list(options?: ListOptions): Promise<{ threads: ThreadInfo[]; cursor?: string | undefined }>;
  /**
   * Gives an agent the messages and the state of a thread, by default its own, as it was left. A thread that is not
   * stored begins empty. Errors: `FAILED_PRECONDITION` while the agent runs, and for the session of another framework.
   */
  load(agent: AbstractAgent, threadId?: string): Promise<ShownThread>;
  /**
   * Gives an agent another snapshot of a thread and selects it. Errors: `NOT_FOUND`; `FAILED_PRECONDITION` as `load`, and
   * for a snapshot of no session.
   */
  show(agent: AbstractAgent, snapshotId: string): Promise<ShownThread>;
  /**
   * Follows the thread that an agent has now: gives the agent what other tabs save, also while a run grows, but not while
   * the agent runs itself. Returns a function that ends it.
   */
  watch(agent: AbstractAgent, callback?: (shown: ShownThread) => void): () => void;
  /** The runs from the beginning to what a thread shows, with their events, the oldest first. */
  runs(threadId: string): Promise<SavedRun[]>;
  /** Resolves when all that has been told is saved or has failed to save; failures go to `onError`. */
  settled(): Promise<void>;
}

/**
 * Agentick's `SessionSnapshot`, structurally: what a session is after an execution. Agentick is not on npm, so
 * nothing is imported from it. Later versions add fields; they are kept.
 *
 * Source of the contract: `@agentick/core`, `core/src/app/types.ts`.
 */
export interface SessionSnapshot {
  /** Of the format: `1.0`. */
  version: string;
  sessionId: string;
  /** How often the model was called. Restarts, so it orders nothing. */
  tick: number;
  /** The conversation, entry by entry; `null` if there is none yet. */
  timeline: any[] | null;
  /** What components keep with `useComState`. Functions in it are not stored. */
  comState: Record<string, any>;
  /** What components keep with `useData`. */
  dataCache: Record<string, any>;
  usage?: any;
  /** When it was taken, in ms since 1970. */
  timestamp: number;
}

/** Agentick's `SessionStore`, structurally, with the optional methods. */
export interface SessionStore {
  save(sessionId: string, snapshot: SessionSnapshot): Promise<void>;
  load(sessionId: string): Promise<SessionSnapshot | null>;
  delete(sessionId: string): Promise<void>;
  list(): Promise<string[]>;
  has(sessionId: string): Promise<boolean>;
}

export interface AgentickSessionStoreOptions {
  /**
   * How many earlier states of each branch stay reachable, from 1. `false` keeps one state per session, as Agentick's
   * own stores do: the last save wins, whatever it was based on. Default 20.
   */
  history?: number | false | undefined;
}

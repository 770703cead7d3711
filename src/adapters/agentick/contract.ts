/**
 * Agentick's `SessionSnapshot`, structurally: a session after an execution. Agentick is not on npm, so nothing is
 * imported from it. Fields of later versions are kept.
 *
 * Source of the contract: `@agentick/core`, `core/src/app/types.ts`.
 */
export interface SessionSnapshot {
  /** The format's version: `1.0`. */
  version: string;
  sessionId: string;
  /** How many times the model was called. Starts again after a restart, so it gives no order. */
  tick: number;
  /** The conversation, entry by entry; `null` if there is none yet. */
  timeline: any[] | null;
  /** State of components that use `useComState`. Functions in it are not stored. */
  comState: Record<string, any>;
  /** State of components that use `useData`. */
  dataCache: Record<string, any>;
  usage?: any;
  /** When the snapshot was taken, in ms since 1970. */
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

export interface OffshootSessionStoreOptions {
  /**
   * How many earlier states of each branch are kept, from 1. `false` keeps one state per session, as Agentick's own
   * stores do: the last save wins, whatever it was based on. Default 20.
   */
  history?: number | false | undefined;
}

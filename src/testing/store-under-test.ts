import type { SessionStore, SessionStoreOptions } from '../types/snapshot.js';

/** The options a case needs its store to be made with. Those a store does not know it may ignore. */
export interface StoreUnderTestOptions {
  /** Refuse to name the latest snapshot of a session with several leaves. */
  rejectBranchingSessions?: boolean;
  /** How old the heartbeat of a `pending` snapshot may be. */
  heartbeatTimeoutMs?: number;
  /** How many snapshots of a chain to keep. */
  maxPersistedChainLength?: number;
  /** The tenant of a call, as Genkit's file store has it. */
  snapshotPathPrefix?: (options?: SessionStoreOptions) => string;
}

/** What the factory makes for one case. */
export interface StoreUnderTest {
  /** An empty store that shares nothing with the store of any other case. */
  store: SessionStore<any>;
  /**
   * Opens one more store over the same data, with the same options, as another tab or process would.
   * Leave it out together with the capability `shared-data`.
   */
  another?(): SessionStore<any> | Promise<SessionStore<any>>;
  /** Called when the case is over, whether or not it failed: closes all its stores, deletes their data. */
  close?(): unknown;
}

/** Makes a fresh, empty store. Called once per case. */
export type StoreFactory = (options: StoreUnderTestOptions) => StoreUnderTest | Promise<StoreUnderTest>;

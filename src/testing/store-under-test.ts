import type { SessionStore, SessionStoreOptions } from '../types/snapshot.js';

/** The options that a case needs. A store may ignore those that it does not know. */
export interface StoreUnderTestOptions {
  /** Refuse to name the latest snapshot of a session with several leaves. */
  rejectBranchingSessions?: boolean;
  /** How old the heartbeat of a `pending` snapshot may be. */
  heartbeatTimeoutMs?: number;
  /** How many snapshots of a chain to keep. */
  maxPersistedChainLength?: number;
  /** Returns the tenant of a call, as in Genkit's file store. */
  snapshotPathPrefix?: (options?: SessionStoreOptions) => string;
}

/** What the factory creates for one case. */
export interface StoreUnderTest {
  /** An empty store that shares nothing with the store of any other case. */
  store: SessionStore<any>;
  /**
   * Opens another store over the same data, with the same options, as another tab or process would. Leave it out
   * together with the capability `shared-data`.
   */
  another?(): SessionStore<any> | Promise<SessionStore<any>>;
  /** Called when the case is over, failed or not: closes all its stores, and deletes their data. */
  close?(): unknown;
}

/** Creates an empty store. Called once per case. */
export type StoreFactory = (options: StoreUnderTestOptions) => StoreUnderTest | Promise<StoreUnderTest>;

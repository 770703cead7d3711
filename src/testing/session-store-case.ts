import type { SessionSnapshot, SessionStore, SessionStoreOptions } from '../types/snapshot.js';
import type { SessionStoreCapability } from './capabilities.js';
import type { StoreUnderTestOptions } from './store-under-test.js';

/** What was delivered to a watcher, in order. */
export interface Watching {
  readonly delivered: SessionSnapshot<any>[];
  unsubscribe(): void;
}

export interface CaseContext {
  readonly store: SessionStore<any>;
  /** Another store over the same data. */
  another(): Promise<SessionStore<any>>;
  /** Waits until the condition holds; after the time limit it fails, and names what it waited for. */
  eventually(condition: () => boolean, what: string): Promise<void>;
  /** Subscribes and records deliveries; `inside` runs in the callback, after the record. */
  watch(
    snapshotId: string,
    inside?: (snapshot: SessionSnapshot<any>) => void,
    options?: SessionStoreOptions,
    store?: SessionStore<any>,
  ): Watching;
}

/** One behaviour of the contract. */
export interface SessionStoreCase {
  /** The row of the contract, a colon, and the behaviour. */
  readonly title: string;
  readonly needs?: readonly SessionStoreCapability[];
  readonly options?: StoreUnderTestOptions;
  run(context: CaseContext): Promise<void>;
}

import type { SessionSnapshot, SessionStore, SessionStoreOptions } from '../types/snapshot.js';
import type { SessionStoreCapability } from './capabilities.js';
import type { StoreUnderTestOptions } from './store-under-test.js';

/** What a watcher was given, in order. */
export interface Watching {
  readonly delivered: SessionSnapshot<any>[];
  unsubscribe(): void;
}

export interface CaseContext {
  readonly store: SessionStore<any>;
  /** One more store over the same data. */
  another(): Promise<SessionStore<any>>;
  /** Waits until the condition holds; fails, saying what it waited for, when patience runs out. */
  eventually(condition: () => boolean, what: string): Promise<void>;
  /** Subscribes and notes what is delivered; `inside` runs in the callback, after the note. */
  watch(
    snapshotId: string,
    inside?: (snapshot: SessionSnapshot<any>) => void,
    options?: SessionStoreOptions,
    store?: SessionStore<any>,
  ): Watching;
}

/** One behaviour of the contract. */
export interface SessionStoreCase {
  /** The row of the contract, a colon, and what it comes to here. */
  readonly title: string;
  readonly needs?: readonly SessionStoreCapability[];
  readonly options?: StoreUnderTestOptions;
  run(context: CaseContext): Promise<void>;
}

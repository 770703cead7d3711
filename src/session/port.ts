import type { SessionChange, SessionInfo, SessionTree, SnapshotInfo } from '../types/session.js';
import type { SessionStore, SessionStoreOptions } from '../types/snapshot.js';
import type { Session } from '../types/chat.js';
import type { SaveRequest } from '../snapshots/save/save-snapshot.js';
import type { Duplication } from './duplicate.js';

/** A save without what every save of a store has. */
export type Save<S> = Pick<SaveRequest<S>, 'snapshotId' | 'extension' | 'extras'> & {
  /** The id of a new snapshot. */
  newId?: string;
};

/** The methods of the store that a session calls. */
export interface SessionMethods<S> extends Pick<SessionStore<S>, 'getSnapshot'> {
  session(id: string, call?: SessionStoreOptions): Session<S>;
  getSnapshotInfo(id: string, call?: SessionStoreOptions): Promise<SnapshotInfo | undefined>;
  getHead(id: string, call?: SessionStoreOptions): Promise<SnapshotInfo | undefined>;
  getTree(id: string, call?: SessionStoreOptions): Promise<SessionTree>;
  selectBranch(id: string, call?: SessionStoreOptions): Promise<SessionInfo>;
  onSessionChange(
    id: string,
    callback: (change: SessionChange) => void,
    call?: SessionStoreOptions,
  ): () => void;
}

/** One tenant of a store, as a session uses it. */
export interface SessionPort<S> {
  newId(): string;
  /** Throws `INVALID_ARGUMENT` unless it passes the store's schema. */
  requireCustom(custom: unknown): void;
  /** Saves all or none. */
  save(saves: Save<S>[]): Promise<(string | null)[]>;
  duplicate(duplication: Duplication): Promise<void>;
  /** The store, and the options of its calls, which find the tenant. */
  readonly store: SessionMethods<S>;
  readonly call: SessionStoreOptions | undefined;
  /** Calls back when the store is closed. */
  onClose(callback: () => void): () => void;
  /** How long a worker may be silent, in ms. */
  readonly heartbeatTimeoutMs: number;
}

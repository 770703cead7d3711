import type { SessionChange, SessionInfo, SessionTree, SnapshotInfo } from '../types/session.js';
import type { SessionSnapshot } from '../types/snapshot.js';
import type { Session } from '../types/chat.js';
import type { SaveRequest } from '../snapshots/save/save-snapshot.js';

import type { Duplication } from './duplicate.js';

/** A save without what every save of a store has. */
export type Save<S> = Pick<SaveRequest<S>, 'snapshotId' | 'extension' | 'extras'> & {
  /** The id of a new snapshot. */
  newId?: string;
};

/** One tenant of a store, as a session uses it. */
export interface SessionPort<S> {
  newId(): string;
  /** Throws `INVALID_ARGUMENT` unless it passes the store's schema. */
  requireCustom(custom: unknown): void;
  /** Saves all or none. */
  save(saves: Save<S>[]): Promise<(string | null)[]>;
  duplicate(duplication: Omit<Duplication, 'newId'>): Promise<void>;
  session(sessionId: string): Session<S>;
  getSnapshot(snapshotId: string): Promise<SessionSnapshot<S> | undefined>;
  getSnapshotInfo(snapshotId: string): Promise<SnapshotInfo | undefined>;
  getHead(sessionId: string): Promise<SnapshotInfo | undefined>;
  getTree(sessionId: string): Promise<SessionTree>;
  selectBranch(snapshotId: string): Promise<SessionInfo>;
  onSessionChange(sessionId: string, callback: (change: SessionChange) => void): () => void;
  /** Calls back when the store is closed. */
  onClose(callback: () => void): () => void;
  /** How long a worker may be silent, in ms. */
  readonly heartbeatTimeoutMs: number;
}

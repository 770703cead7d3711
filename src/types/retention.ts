import type { SessionInfo } from './session.js';
import type { SessionStoreOptions } from './snapshot.js';

/**
 * How much is kept. Sessions with a turn that is `pending`, and with rows that cannot be read, are never touched; what
 * is deleted of a session that stays are whole branches, never one that is selected, the latest, or `pending`.
 */
export interface RetentionPolicy {
  /**
   * Sessions without any activity for longer than this, in ms, are deleted; by their `updatedAt`. While the device's clock
   * is suddenly far ahead, as after it was set wrong or after a long absence, none is deleted that was young before:
   * not until it has been so for a day, or for a quarter of `maxAgeMs` if that is less.
   */
  maxAgeMs?: number | undefined;
  /** All but so many sessions are deleted: the most recently active ones stay. A whole number from 1. */
  maxSessions?: number | undefined;
  /** Of a session with more snapshots, branches are deleted, the oldest leaf's first. A whole number from 1. */
  maxSnapshotsPerSession?: number | undefined;
  /**
   * While sessions take more than this, in bytes as `storage()` counts them, the least recently active is deleted. The
   * most recently active one stays.
   */
  maxBytes?: number | undefined;
  /** Sessions that nothing is deleted of: `({ metadata }) => metadata?.pinned === true`. Must not be asynchronous. */
  keep?: ((session: SessionInfo) => boolean | undefined) | undefined;
}

export interface RetainOptions extends SessionStoreOptions {
  /** Stops it between two sessions. What was deleted until then is gone. */
  signal?: AbortSignal | undefined;
  /** Is called whenever one of `total` sessions has been dealt with. What it throws is reported with `reportError`. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/** What a limit would have deleted, and why it is still there. */
export interface Retained {
  sessionId: string;
  limit: 'maxAgeMs' | 'maxSessions' | 'maxSnapshotsPerSession' | 'maxBytes';
  /**
   * `pinned`: `keep` said so. `active`: a turn is pending, all branches left are selected, the latest or pending, or
   * it is the most recently active session. `damaged`: not all of it can be read. `clock`: it is too old only if the
   * clock is right, which is suddenly far ahead. `full`: the disk is so full that a
   * session cannot even be made smaller.
   */
  because: 'pinned' | 'active' | 'damaged' | 'clock' | 'full';
}

export interface RetentionReport {
  /** Ids of the sessions deleted, the least recently active first. */
  sessions: string[];
  /** Ids of all snapshots deleted, with those of the sessions. */
  snapshots: string[];
  /** What that freed, roughly. */
  bytes: number;
  /** Empty if all limits are met. */
  retained: Retained[];
}

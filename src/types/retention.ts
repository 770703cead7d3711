import type { SessionInfo } from './session.js';
import type { SessionStoreOptions } from './snapshot.js';

/**
 * How much is kept. Sessions with a `pending` turn, or with unreadable rows, are never touched. Of a session that
 * stays, only whole branches are deleted, never one that is selected, the latest, or `pending`.
 */
export interface RetentionPolicy {
  /**
   * Deletes sessions without any activity for longer than this, in ms, by their `updatedAt`. If the device's clock is
   * suddenly far ahead, as after it was set wrong or after a long absence, sessions that were young before are kept
   * until it has been so for a day, or for a quarter of `maxAgeMs` if that is less.
   */
  maxAgeMs?: number | undefined;
  /** Keeps the most recently active sessions, up to this number, and deletes the others. A whole number from 1. */
  maxSessions?: number | undefined;
  /** Deletes branches of a session with more snapshots than this, the oldest leaf's first. A whole number from 1. */
  maxSnapshotsPerSession?: number | undefined;
  /**
   * Deletes the least recently active sessions while all take more than this, in bytes as `storage()` counts them. The
   * most recently active one stays.
   */
  maxBytes?: number | undefined;
  /**
   * Protects the sessions for which it returns `true`: `({ metadata }) => metadata?.pinned === true`. Must not be
   * asynchronous.
   */
  keep?: ((session: SessionInfo) => boolean | undefined) | undefined;
}

export interface RetainOptions extends SessionStoreOptions {
  /** Aborts between two sessions. What was deleted before stays deleted. */
  signal?: AbortSignal | undefined;
  /** Called whenever one of `total` sessions is done. Its errors are reported with `reportError`. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/** What a limit would have deleted, and why it was kept. */
export interface Retained {
  sessionId: string;
  limit: 'maxAgeMs' | 'maxSessions' | 'maxSnapshotsPerSession' | 'maxBytes';
  /**
   * `pinned`: `keep` returned `true`. `active`: a turn is pending, all branches left are selected, the latest or
   * pending, or it is the most recently active session. `damaged`: not all of it can be read. `clock`: it is too old
   * only if the device's clock, which is suddenly far ahead, is right. `full`: the disk is so full that a session
   * cannot even be made smaller.
   */
  because: 'pinned' | 'active' | 'damaged' | 'clock' | 'full';
}

export interface RetentionReport {
  /** Ids of the sessions deleted, the least recently active first. */
  sessions: string[];
  /** Ids of all snapshots deleted, with those of the sessions. */
  snapshots: string[];
  /** The approximate number of bytes freed. */
  bytes: number;
  /** Empty if all limits are met. */
  retained: Retained[];
}

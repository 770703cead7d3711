import type { SessionStoreOptions } from './snapshot.js';

export interface CheckOptions extends SessionStoreOptions {
  /** Repair what is found. Default `false`. */
  repair?: boolean | undefined;
  /** Aborts with the signal's reason; then nothing has been repaired. */
  signal?: AbortSignal | undefined;
}

/** How many leaves a session has, and the id of the latest of them. */
export interface Leaves {
  count: number;
  latest?: string;
}

/**
 * What `repair` did about a problem.
 *
 * - `quarantined`: the broken row was moved to the quarantine. A session that has snapshots got a new row, with its
 *   title and metadata where those could be read.
 * - `recomputed`: computed again from what is whole.
 * - `left`: unchanged, because a newer Offshoot wrote it, or something that belongs to it.
 */
export type Repair = 'quarantined' | 'recomputed' | 'left';

/** A problem that `check()` found. The ids say where; it does not prevent other data from being read. */
export type CheckProblem = { repair?: Repair } & (
  | /** A row that cannot be read. `id` is the snapshot's, the session's, or the log and its position. */
    { kind: 'damaged'; store: 'snapshots' | 'sessions' | 'logs' | 'meta'; id: string }
    /** A row that a newer Offshoot wrote. */
  | { kind: 'newer'; store: 'snapshots' | 'sessions' | 'logs'; id: string }
  /** A snapshot whose state refers to entries of a log that do not exist. */
  | { kind: 'dangling'; snapshotId: string; log: number; from: number; to: number }
  /** Entries of a log that no snapshot refers to: they take up room. */
  | { kind: 'unreachable'; log: number; from: number; to: number }
  /** A session's row whose count of snapshots is wrong. */
  | { kind: 'miscounted'; sessionId: string; stored: number; actual: number }
  /** A session's row whose latest leaf or count of leaves is wrong. */
  | { kind: 'leaves'; sessionId: string; stored: Leaves; actual: Leaves }
  /** A session whose selected snapshot is not one of its own. */
  | { kind: 'selection'; sessionId: string; snapshotId: string }
  /** A session whose entries in the index of `listSessions({ where })` are not those of its metadata. */
  | { kind: 'index'; sessionId: string }
  /** The count of writes is behind what was written: later saves could overwrite earlier ones. */
  | { kind: 'clock'; stored: number; actual: number }
);

/** What was found, as it was before any repair. */
export interface CheckReport {
  sessions: number;
  snapshots: number;
  /** Elements of arrays, large values and media, each counted once however many snapshots share it. */
  entries: number;
  /** The approximate size of those entries. */
  bytes: number;
  /** Empty if there are none. */
  problems: CheckProblem[];
  /** How many rows are in the quarantine, those of this repair included. */
  quarantined: number;
}

/**
 * A row in the object store `quarantine` of the tenant's database, as it was in its former store. To look at these
 * rows, open the database with IndexedDB's own API; `clear()` deletes them.
 */
export interface QuarantinedRow {
  format: number;
  /** The object store that it was in, and its key there. */
  store: string;
  key: IDBValidKey;
  /** The row, of any shape. */
  row: unknown;
  /** When it was taken out, RFC 3339. */
  at: string;
  /** The kind of the problem; `empty` for the row of a session that has no snapshots. */
  why: 'damaged' | 'dangling' | 'unreachable' | 'empty';
}

import type { SessionStoreOptions } from './snapshot.js';

export interface CheckOptions extends SessionStoreOptions {
  /** Put right what is found. Default `false`. */
  repair?: boolean | undefined;
  /** Ends it with the signal's reason; then nothing has been repaired. */
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
 * - `quarantined`: what is broken was moved to the quarantine. A session that has snapshots got a new row, with its
 *   title and metadata where those could be read.
 * - `recomputed`: worked out anew from what is whole.
 * - `left`: a newer Offshoot wrote it, or something that belongs to it, and knows better.
 */
export type Repair = 'quarantined' | 'recomputed' | 'left';

/** Something that `check()` found. The ids say where; none of it keeps anything else from being read. */
export type CheckProblem = { repair?: Repair } & (
  | /** A row that cannot be read. `id` is the snapshot's, the session's, or the log and its position. */
    { kind: 'damaged'; store: 'snapshots' | 'sessions' | 'logs' | 'meta'; id: string }
    /** A row that a newer Offshoot wrote. */
  | { kind: 'newer'; store: 'snapshots' | 'sessions' | 'logs'; id: string }
  /** A snapshot whose state refers to entries of a log that are not stored. */
  | { kind: 'dangling'; snapshotId: string; log: number; from: number; to: number }
  /** Entries of a log that no snapshot refers to: they take up room. */
  | { kind: 'unreachable'; log: number; from: number; to: number }
  /** A session's row that disagrees with its snapshots. */
  | { kind: 'miscounted'; sessionId: string; stored: number; actual: number }
  /** A session's row that takes another snapshot for the latest leaf, or counts other leaves, than there are. */
  | { kind: 'leaves'; sessionId: string; stored: Leaves; actual: Leaves }
  /** A session whose selected snapshot is not one of its own. */
  | { kind: 'selection'; sessionId: string; snapshotId: string }
  /** The count of writes is behind what was written: later saves could overwrite earlier ones. */
  | { kind: 'clock'; stored: number; actual: number }
);

/** What was found, before any of it was repaired. */
export interface CheckReport {
  sessions: number;
  snapshots: number;
  /** Elements of arrays, large values and media, each counted once however many snapshots share it. */
  entries: number;
  /** Of those entries, roughly. */
  bytes: number;
  /** Empty if all is well. */
  problems: CheckProblem[];
  /** How many rows are in the quarantine, those of this repair included. */
  quarantined: number;
}

/**
 * A row in the object store `quarantine` of the tenant's database, as it was in the store it came from. Whoever wants
 * to look at what is there opens the database with IndexedDB's own API; `clear()` empties it.
 */
export interface QuarantinedRow {
  format: number;
  /** Which object store it was in, and under which key. */
  store: string;
  key: IDBValidKey;
  /** The row, whatever it may be. */
  row: unknown;
  /** When it was taken out, RFC 3339. */
  at: string;
  /** The kind of the problem; `empty` for the row of a session that has no snapshots. */
  why: 'damaged' | 'dangling' | 'unreachable' | 'empty';
}

/** How many leaves a session has, and the id of the latest of them. */
export interface Leaves {
  count: number;
  latest?: string;
}

/** Something that `check()` found. The ids say where; none of it keeps anything else from being read. */
export type CheckProblem =
  /** A row that cannot be read. `id` is the snapshot's, the session's, or the log and its position. */
  | { kind: 'damaged'; store: 'snapshots' | 'sessions' | 'logs'; id: string }
  /** A snapshot whose state refers to entries of a log that are not stored. */
  | { kind: 'dangling'; snapshotId: string; log: number; from: number; to: number }
  /** Entries of a log that no snapshot refers to: they take up room. */
  | { kind: 'unreachable'; log: number; from: number; to: number }
  /** A session's row that disagrees with its snapshots. */
  | { kind: 'miscounted'; sessionId: string; stored: number; actual: number }
  /** A session's row that takes another snapshot for the latest leaf, or counts other leaves, than there are. */
  | { kind: 'leaves'; sessionId: string; stored: Leaves; actual: Leaves }
  /** A session whose selected snapshot is not one of its own. */
  | { kind: 'selection'; sessionId: string; snapshotId: string };

export interface CheckReport {
  sessions: number;
  snapshots: number;
  /** Elements of arrays, large values and media, each counted once however many snapshots share it. */
  entries: number;
  /** Of those entries, roughly. */
  bytes: number;
  /** Empty if all is well. */
  problems: CheckProblem[];
}

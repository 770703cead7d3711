import type { SessionSnapshotInput } from '../index.js';

/** A snapshot to be stored as it is. */
export type SnapshotSeed<S = unknown> = Omit<SessionSnapshotInput<S>, 'sessionId' | 'createdAt'> & {
  /** RFC 3339. Default: when it is seeded, by the browser's clock. */
  createdAt?: string;
};

/** A question, its answer, and what they continue: one snapshot, with all messages up to there, as Genkit's. */
export type TurnSeed<S = unknown> = Omit<SnapshotSeed<S>, 'parentId' | 'state'> & {
  /** What the user wrote. */
  user?: string | undefined;
  /** What the model answered. */
  model?: string | undefined;
  /**
   * The snapshot that it continues, one of the list or one that is stored already. Default: the turn before it in the
   * list. `null` begins anew.
   */
  parentId?: string | null | undefined;
  /** The application's own state. */
  custom?: S | undefined;
};

/** A session with `turns` or with `snapshots`; one that exists already gets them in addition. */
export interface SessionSeed<S = unknown> {
  sessionId: string;
  title?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** Parents before children. Of equal `createdAt`, the last one is the latest. */
  turns?: readonly TurnSeed<S>[] | undefined;
  /** Parents before children. One whose id is taken is overwritten. */
  snapshots?: readonly SnapshotSeed<S>[] | undefined;
  /** The snapshot that the session reopens on. Default: the latest leaf. */
  selectedSnapshotId?: string | undefined;
}

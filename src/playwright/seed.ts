import type { SessionSnapshotInput } from '../index.js';

/** A snapshot to be stored unchanged. */
export type SnapshotSeed<S = unknown> = Omit<SessionSnapshotInput<S>, 'sessionId' | 'createdAt'> & {
  /** RFC 3339. Default: the time of seeding, by the browser's clock. */
  createdAt?: string;
};

/** A question, its answer, and their parent: one snapshot with all messages so far, as in Genkit. */
export type TurnSeed<S = unknown> = Omit<SnapshotSeed<S>, 'parentId' | 'state'> & {
  /** What the user wrote. */
  user?: string | undefined;
  /** What the model answered. */
  model?: string | undefined;
  /**
   * The snapshot that it continues, one of the list or a stored one. Default: the previous turn in the list. `null` for
   * a root.
   */
  parentId?: string | null | undefined;
  /** The application's own state. */
  custom?: S | undefined;
};

/** A session with `turns` or with `snapshots`; if it exists already, they are added to it. */
export interface SessionSeed<S = unknown> {
  sessionId: string;
  title?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** Parents before children. Of equal `createdAt`, the last one is the latest. */
  turns?: readonly TurnSeed<S>[] | undefined;
  /** Parents before children. A stored snapshot of the same id is overwritten. */
  snapshots?: readonly SnapshotSeed<S>[] | undefined;
  /** The snapshot that the session reopens on. Default: the latest leaf. */
  selectedSnapshotId?: string | undefined;
}

import type { Artifact, Message } from './message.js';

/**
 * The status of a snapshot's turn. The set is open: newer runtimes add values, and stores keep any value. `expired` is
 * never stored; reads report it for a `pending` snapshot whose worker is dead.
 */
export type SnapshotStatus = 'pending' | 'completed' | 'failed' | 'aborted' | 'expired';

/** Why the turn ended, as Genkit's `AgentFinishReason`. The set is open. */
export type FinishReason =
  'stop' | 'length' | 'blocked' | 'interrupted' | 'aborted' | 'detached' | 'failed' | 'other' | 'unknown';

/** The whole conversation after a turn. `S` is the type of the application's own `custom` state. */
export interface SessionState<S = unknown> {
  sessionId?: string;
  messages?: Message[];
  custom?: S;
  artifacts?: Artifact[];
}

/**
 * The state of a session at one point, a node of the session's tree.
 *
 * Source of the contract: Genkit JS, `SessionSnapshot<S>`. All times are RFC 3339 strings.
 */
export interface SessionSnapshot<S = unknown> {
  snapshotId: string;
  /** The session that this snapshot belongs to. A snapshot without one belongs to no session. */
  sessionId?: string;
  /** The snapshot that this one continues. Two snapshots with one parent are two branches. */
  parentId?: string;
  createdAt: string;
  /** When the snapshot was last written; equals `createdAt` until it is rewritten. */
  updatedAt?: string;
  /** The last sign of life of the worker that runs a `pending` turn. */
  heartbeatAt?: string;
  status?: SnapshotStatus;
  finishReason?: FinishReason;
  error?: { status?: string | undefined; message: string; details?: any };
  /** Absent or partial while the turn is `pending`, complete afterwards. */
  state?: SessionState<S>;
}

/** What a mutator returns: a snapshot whose id the store may still have to assign. */
export type SessionSnapshotInput<S = unknown> = Omit<SessionSnapshot<S>, 'snapshotId'> & {
  snapshotId?: string;
};

/**
 * Decides what to write, given what is stored (`undefined` if nothing is).
 *
 * Synchronous, and called inside the transaction, so that nobody can write in between. Return a snapshot to write it,
 * `null` to write nothing, or throw to abandon the save with that error. It is called again only if the browser aborted
 * the first attempt, or if the database is encrypted and others wrote meanwhile or rows had to be decrypted first; so
 * it should have no side effects.
 */
export type SnapshotMutator<S = unknown> = (
  current: SessionSnapshot<S> | undefined,
) => SessionSnapshotInput<S> | null;

/** Options of every method. */
export interface SessionStoreOptions {
  /** Genkit's action context. Used only by `snapshotPathPrefix`, to find the tenant. */
  context?: Record<string, any> | undefined;
}

/** Options of saves. */
export interface SaveOptions extends SessionStoreOptions {
  /** Refuse, with `NOT_FOUND`, a snapshot whose `parentId` is not stored in its session. Default `false`, as in Genkit. */
  requireParent?: boolean | undefined;
}

/** Exactly one of the two ids. */
export interface GetSnapshotOptions extends SessionStoreOptions {
  /** The id of a snapshot. */
  snapshotId?: string | undefined;
  /** The id of a session, for its latest leaf. */
  sessionId?: string | undefined;
}

/** Genkit JS's `SessionStore<S>`, structurally. */
export interface SessionStore<S = unknown> {
  getSnapshot(options: GetSnapshotOptions): Promise<SessionSnapshot<S> | undefined>;
  saveSnapshot(
    snapshotId: string | undefined,
    mutator: SnapshotMutator<S>,
    options?: SessionStoreOptions,
  ): Promise<string | null>;
  onSnapshotStateChange?(
    snapshotId: string,
    callback: (snapshot: SessionSnapshot<S>) => void,
    options?: SessionStoreOptions,
  ): void | (() => void);
}

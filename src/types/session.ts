import type { SessionSnapshot, SessionStoreOptions } from './snapshot.js';

/** What a list shows of a state that is not read for it. */
export interface SnapshotSummary {
  /** How many messages the state has. */
  messages: number;
  /** The first 80 graphemes of the last message that has text; empty if none of the last hundred has any. */
  preview: string;
}

/** A snapshot without its state. */
export interface SnapshotInfo extends Omit<SessionSnapshot, 'state'> {
  summary: SnapshotSummary;
}

/** A snapshot as a node of its session's tree. */
export interface SnapshotNode extends SnapshotInfo {
  /** Ids of the snapshots that name this one as their parent, oldest first. */
  children: string[];
}

/** All snapshots of a session, without their states. */
export interface SessionTree {
  sessionId: string;
  /** Every node by its snapshot id, oldest first. */
  nodes: ReadonlyMap<string, SnapshotNode>;
  /** Nodes without a parent in this session, oldest first. Every node can be reached from one of them. */
  roots: string[];
  /** Nodes without children, newest first: one per branch. */
  leaves: string[];
  /** The snapshot that the session reopens on: the selected one, otherwise the latest leaf. */
  headId: string | undefined;
  /** Ids of rows that could not be read (`DATA_LOSS`); usually empty. */
  damaged: string[];
}

/** A session, for a list of sessions. */
export interface SessionInfo {
  sessionId: string;
  title?: string | undefined;
  /** The application's own data about the session. */
  metadata?: Record<string, unknown> | undefined;
  /** RFC 3339; the earliest `createdAt` ever saved in the session. */
  createdAt: string;
  /** RFC 3339; the latest `updatedAt` or `createdAt` ever saved in the session. */
  updatedAt: string;
  /** How many snapshots the session has. */
  snapshotCount: number;
  /** The branch chosen with `selectBranch`. Moves along when the selected snapshot gets a child. */
  selectedSnapshotId?: string | undefined;
}

/** What `updateSession` changes. A key that is absent stays as it is. */
export interface SessionPatch {
  /** `undefined` removes the title. */
  title?: string | undefined;
  /** Merged key by key into the stored metadata; a key set to `undefined` is removed. */
  metadata?: Record<string, unknown> | undefined;
}

export interface ListOptions extends SessionStoreOptions {
  /** The maximum number of entries to return, 1 to 1,000. Default 50. */
  limit?: number | undefined;
  /** Where to continue: the `cursor` of the previous page. */
  cursor?: string | undefined;
  /** `desc`, the default, is newest first. */
  order?: 'asc' | 'desc' | undefined;
}

export interface ListSessionsOptions extends ListOptions {
  /**
   * Lists only sessions whose `metadata` has all of these values: strings, numbers or booleans under keys that the store's
   * option `indexed` names. An index finds them; of several values, the sessions that have the rarest are looked through.
   */
  where?: Record<string, string | number | boolean> | undefined;
}

export interface ListSnapshotsOptions extends ListOptions {
  sessionId: string;
}

export interface SessionPage {
  sessions: SessionInfo[];
  /** Pass it to the next call; absent on the last page. */
  cursor?: string | undefined;
  /** Ids of rows that could not be read (`DATA_LOSS`); usually empty. */
  damaged: string[];
}

export interface SnapshotPage {
  snapshots: SnapshotInfo[];
  /** Pass it to the next call; absent on the last page. */
  cursor?: string | undefined;
  /** Ids of rows that could not be read (`DATA_LOSS`); usually empty. */
  damaged: string[];
}

export interface DeleteSnapshotOptions extends SessionStoreOptions {
  /** Also delete everything that continues the snapshot. Without it, a snapshot that others continue is refused. */
  subtree?: boolean | undefined;
}

export interface DeleteSessionOptions extends SessionStoreOptions {
  /**
   * For how long `restoreSession` can bring it back, in ms. Until then the session is hidden: to all methods, watchers and
   * tabs it does not exist, and saves into it fail with `NOT_FOUND`. Given again, it sets a new time; 0 ends it.
   */
  undoable?: number | undefined;
}

/** One session changed: something in it was saved, selected, renamed or deleted. */
export type SessionChange =
  { type: 'changed'; sessionId: string; session: SessionInfo } | { type: 'deleted'; sessionId: string };

/**
 * What `onSessionsChange` reports: one session, or `reset` when too many may have changed to name them (the store was
 * cleared): list the sessions again.
 */
export type SessionsChange = SessionChange | { type: 'reset' };

import type { Artifact, Message } from './message.js';
import type { SessionInfo } from './session.js';
import type { FinishReason } from './snapshot.js';

/** What a run of a model used, as the application counts it. */
export interface Usage {
  model: string;
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  [more: string]: unknown;
}

/** What stands after a turn ended: an abort by another tab stays, and a deleted session stays deleted. */
export type TurnOutcome = 'completed' | 'failed' | 'aborted' | 'deleted';

export interface AppendOptions<S = any> {
  /**
   * The snapshot to continue: pass what is on the screen, so that a tab that is behind makes a branch. By default the
   * session's head, read in the same transaction; `null` for a new root.
   */
  after?: string | null | undefined;
  /** By default the parent's. */
  custom?: S | undefined;
  /** By default the parent's. */
  artifacts?: Artifact[] | undefined;
  /** The session's title, if it has none. */
  title?: string | undefined;
  /** Merged key by key into the session's metadata. */
  metadata?: Record<string, unknown> | undefined;
}

export interface TurnOptions<S = any> extends AppendOptions<S> {
  /** The question, saved as a snapshot of its own in the same transaction. */
  messages?: Message | readonly Message[] | undefined;
  /**
   * Saves the question as part of the answer's snapshot, as Genkit's agents do: one snapshot for each exchange. To edit
   * such a question, pass it as `messages` again, after what it continues.
   */
  oneSnapshot?: boolean | undefined;
  /** How often `update` saves, in ms. Default 250. */
  saveEveryMs?: number | undefined;
  /** Aborts the turn. */
  signal?: AbortSignal | undefined;
}

export interface TurnResult<S = any> {
  custom?: S | undefined;
  artifacts?: Artifact[] | undefined;
  /** Default `stop`. */
  finishReason?: FinishReason | undefined;
  usage?: Usage | undefined;
}

/** A turn that this tab is at: a `pending` snapshot that beats by itself until it is ended. */
export interface Turn<S = unknown> {
  /** The snapshot of the answer. */
  readonly snapshotId: string;
  /** New for each turn, and kept by copies of it: count usage by it, and nothing is counted twice. */
  readonly runId: string;
  /** What to send to the model. */
  readonly messages: readonly Message[];
  /**
   * Aborted when the turn ends otherwise than by its own `complete`: by any tab, by a deletion, by `options.signal`, or
   * because the store is closed, which leaves it pending.
   */
  readonly signal: AbortSignal;
  /**
   * Shows the whole answer so far in all tabs; saved at most every `saveEveryMs`, and read when it is saved. Never
   * throws: an answer that cannot be stored is refused by `complete`.
   */
  update(answer: Message | readonly Message[]): void;
  /** Ends the turn with its answer, by default the latest of `update`. If it rejects, the turn is still pending. */
  complete(answer?: Message | readonly Message[], more?: TurnResult<S>): Promise<TurnOutcome>;
  /** Ends the turn with what `update` has brought so far, and the error's message. */
  fail(error: unknown): Promise<TurnOutcome>;
  /** Ends the turn with what `update` has brought so far. */
  abort(): Promise<TurnOutcome>;
}

/** Where a snapshot stands among those that continue the same one: "index + 1 / siblings.length". */
export interface Place {
  /** Oldest first, itself included. */
  siblings: string[];
  index: number;
}

export interface Branches extends Place {
  /** From the root to the snapshot. */
  path: string[];
  /** The newest leaf that continues the snapshot; itself if there is none. */
  newestLeaf: string;
  /** For each message, the snapshot that brought it, and where that stands. */
  messages: ({ snapshotId: string } & Place)[];
}

export interface DuplicateOptions {
  /** Copies only the history up to this snapshot; by default all branches. */
  upTo?: string | undefined;
  /** Default a new id. */
  sessionId?: string | undefined;
  /** Default the original's. */
  title?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** A session as a chat uses it. Nothing is read or written before a method is called. */
export interface Session<S = unknown> {
  readonly sessionId: string;
  /**
   * The messages up to the snapshot `at`, by default the session's head; none in a session that does not exist. Errors:
   * `NOT_FOUND` if the session has no snapshot `at`.
   */
  messages(options?: { at?: string | undefined }): Promise<readonly Message[]>;
  /**
   * Saves messages as a completed snapshot and selects it; resolves to its id. What is old is neither compared nor
   * written, so it costs the same at any length. Calls made at once follow each other.
   *
   * Errors: `NOT_FOUND` if the session has no snapshot `after`; `INVALID_ARGUMENT` with the path of a value that cannot
   * be stored.
   */
  append(messages: Message | readonly Message[], options?: AppendOptions<S>): Promise<string>;
  /** Begins a turn: saves the question, if it is given, and a `pending` snapshot for the answer. Errors as `append`. */
  startTurn(options?: TurnOptions<S>): Promise<Turn<S>>;
  /**
   * Begins a turn that answers the latest question up to a snapshot once more, beside the answer that is there; by
   * default up to the session's head. A question that was saved together with its answer is saved once more, together with the new one.
   * Without a question it is a new root. Errors as `append`.
   */
  again(
    snapshotId?: string,
    options?: Omit<TurnOptions<S>, 'after' | 'messages' | 'oneSnapshot'>,
  ): Promise<Turn<S>>;
  /**
   * Ends a pending turn, whichever tab is at it, also one that reads `expired`; by default all of the session. Resolves to how many were ended. Errors:
   * `NOT_FOUND` if the session has no snapshot of this id.
   */
  abort(snapshotId?: string): Promise<number>;
  /** Makes this snapshot the session's head. Errors: `NOT_FOUND`. */
  select(snapshotId: string): Promise<SessionInfo>;
  /** Where a snapshot stands, by default the session's head; all empty if there is none. Errors: `NOT_FOUND`. */
  branches(snapshotId?: string): Promise<Branches>;
  /**
   * Copies the session in one transaction; deleting either leaves the other whole. A pending turn is copied as aborted.
   * Errors: `NOT_FOUND`; `ALREADY_EXISTS` if there is a session of this id.
   */
  duplicate(options?: DuplicateOptions): Promise<Session<S>>;
}

/** A medium in parts: what it is stored under, how many parts it has, and its size. */
export type MediumUse = [digest: string, parts: number, bytes: number];

/**
 * What the server keeps without looking into it: text, or media that it needs and what is beside them. Without `text`, the
 * text is the first medium.
 */
export type Body = string | { media: MediumUse[]; text?: string };

/** Wire log, first position, number of entries; one after the other. */
export type WireSpans = (string | number)[];

/** The first line of a push. */
export interface PushHead {
  /** A random id of the local database. */
  replica: string;
  /**
   * Greater with each new collection of lines, kept across restarts. By it the server tells a late duplicate, whose ages are
   * wrong, from a new edit.
   */
  push?: number;
  /** Milliseconds since this device last heard the server; absent: never. */
  heard?: number;
}

export interface FieldEdit {
  /** Any JSON; absent: the field is removed. */
  value?: unknown;
  /** The `seq` of the version that the editor saw; 0: none. */
  saw: number;
  /** Milliseconds since the edit, when the line is sent. */
  age: number;
}

/** Creates a session, if it is not there, and edits its fields: `title`, `selected`, `metadata.<key>`. */
export interface SessionLine {
  op: 'session';
  format?: number;
  incarnation: string;
  session: string;
  createdMs: number;
  fields?: Record<string, FieldEdit>;
}

export interface EntriesLine {
  op: 'entries';
  format?: number;
  incarnation: string;
  /** `<replica>:<number>`. */
  log: string;
  /** The position of the first. */
  at: number;
  digests: string[];
  bodies: Body[];
}

export interface SnapshotLine {
  op: 'snapshot';
  format?: number;
  incarnation: string;
  id: string;
  /** The `seq` of the version that this device saw last; 0: none. */
  saw: number;
  /** Of all of the line but `saw`, `digest` and `beat`. */
  digest: string;
  parent?: string;
  createdMs: number;
  status?: string;
  /** All that the state reaches. A pending snapshot has no state. */
  spans: WireSpans;
  body: Body;
  /** Of a pending one: milliseconds since its last heartbeat. */
  beat?: number;
}

export interface DeleteSessionLine {
  op: 'delete-session';
  incarnation: string;
  /** What the session was called; told to others if the server never had it. */
  session?: string;
  /** The `seq` up to which whoever deleted it had pulled it. Absent: what they saw is not known, and taken for all. */
  saw?: number;
}

export interface DeleteSnapshotLine {
  op: 'delete-snapshot';
  incarnation: string;
  id: string;
  saw?: number;
}

export type PushLine = SessionLine | EntriesLine | SnapshotLine | DeleteSessionLine | DeleteSnapshotLine;

/** Whether a status is not the last one that a snapshot has. */
export const isPendingStatus = (status: string | undefined): boolean => status === 'pending';

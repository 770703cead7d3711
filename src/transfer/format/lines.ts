import type { Spans } from '../../database/schema.js';
import type { DamagedPart } from '../../types/transfer.js';
import type { Node } from '../../encoding/nodes.js';

/** See docs/export-format.md. */
export const FORMAT = 'offshoot';

/** Increases with every change of the format. */
export const VERSION = 2;

/**
 * The oldest version that can read what is written here. Increases when something essential is new: all but the lines
 * and fields that an importer may leave out without misreading the rest. 1 refused every field that it did not know.
 */
export const READABLE_FROM = 2;

/** Values nested deeper than this are neither exported nor imported, since readers could overflow their stacks. */
export const MOST_DEEP = 1000;

/**
 * A value as JSON; or, if JSON cannot hold it, its root and its nodes; or, if it is large, the root and where the nodes
 * are among the part lines before this line.
 */
export type EncodedValue = { json: unknown } | { flat: unknown[] } | { parts: number };

/** A piece of a value of the next line that is not a part line: some of its nodes or of the content beside them. */
export interface PartLine {
  type: 'part';
  /** The index of the value, among those of the line that have parts. */
  value: number;
  nodes?: Node[] | undefined;
  /** The index of the text or bytes. */
  part?: number | undefined;
  text?: string | undefined;
  /** In Base64. */
  bytes?: string | undefined;
}

/** The part lines since the last other line are to be dropped, since reading the value failed. */
export interface DroppedLine {
  type: 'dropped';
}

export interface HeaderLine {
  type: 'header';
  format: typeof FORMAT;
  version: number;
  /** Absent in files of version 1, which only a reader of their own version or a later one reads. */
  readableFrom?: number | undefined;
  exportedAt: string;
}

export interface SessionLine {
  type: 'session';
  /** `null` for a snapshot that belongs to no session. */
  sessionId: string | null;
  title?: string | undefined;
  metadata?: EncodedValue | undefined;
  createdAt: string;
  updatedAt: string;
  selectedSnapshotId?: string | undefined;
}

/** A medium that was taken out of an entry: its path there, and its own log and position. */
export type MediumAddress = [path: string[], log: number, at: number];

export interface EntryLine {
  type: 'entry';
  log: number;
  at: number;
  value: EncodedValue;
  media?: MediumAddress[] | undefined;
}

export type FieldLine =
  | [key: string, kind: 'value', value: EncodedValue]
  | [key: string, kind: 'array' | 'linked' | 'one', spans: Spans];

export interface SnapshotLine {
  type: 'snapshot';
  snapshotId: string;
  info: EncodedValue;
  /** `null` for a state that is explicitly `undefined`; absent if there is none. */
  fields?: FieldLine[] | null | undefined;
}

export interface SessionEndLine {
  type: 'session-end';
  snapshots: number;
  entries: number;
  /** The selected snapshot could not be exported. */
  selectionLost?: true | undefined;
  /** SHA-256 of all bytes before this line, in hexadecimal. */
  sha256: string;
}

export interface EndLine {
  type: 'end';
  sessions: number;
  snapshots: number;
  entries: number;
  damaged?: DamagedPart[] | undefined;
  sha256: string;
}

export type Line =
  HeaderLine | SessionLine | EntryLine | SnapshotLine | PartLine | DroppedLine | SessionEndLine | EndLine;

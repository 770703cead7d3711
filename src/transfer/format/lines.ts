import type { Spans } from '../../database/schema.js';
import type { DamagedPart } from '../../types/transfer.js';
import type { Node } from '../../encoding/nodes.js';

/** docs/export-format.md describes it. */
export const FORMAT = 'offshoot';

/** Rises when an older Offshoot could not read what this one writes. */
export const VERSION = 1;

/** Values nested deeper than this are neither exported nor imported: what reads them would run out of stack. */
export const MOST_DEEP = 1000;

/**
 * A value as JSON; or, if JSON cannot hold it, its root and its nodes; or, if it is large, where those are among the
 * parts before this line.
 */
export type EncodedValue = { json: unknown } | { flat: unknown[] } | { parts: number };

/** A piece of a value of the next line that is no part: some of its nodes, or of what stands beside them. */
export interface PartLine {
  type: 'part';
  /** Which of that line's values, of those that have parts. */
  value: number;
  nodes?: Node[] | undefined;
  /** Which text, or which bytes. */
  part?: number | undefined;
  text?: string | undefined;
  /** In Base64. */
  bytes?: string | undefined;
}

/** What came since the last line that is no part could not be read to its end. */
export interface DroppedLine {
  type: 'dropped';
}

export interface HeaderLine {
  type: 'header';
  format: typeof FORMAT;
  version: typeof VERSION;
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

/** A medium that was taken out of an entry: where it was, and the entry that it is. */
export type MediumPlace = [path: string[], log: number, at: number];

export interface EntryLine {
  type: 'entry';
  log: number;
  at: number;
  value: EncodedValue;
  media?: MediumPlace[] | undefined;
}

export type FieldLine =
  | [key: string, kind: 'value', value: EncodedValue]
  | [key: string, kind: 'array' | 'linked' | 'one', spans: Spans];

export interface SnapshotLine {
  type: 'snapshot';
  snapshotId: string;
  info: EncodedValue;
  /** `null` for a state of `undefined`; absent if there is none. */
  fields?: FieldLine[] | null | undefined;
}

export interface SessionEndLine {
  type: 'session-end';
  snapshots: number;
  entries: number;
  /** The selected snapshot could not be read after all. */
  selectionLost?: true | undefined;
  /** Over all bytes before this line, in hexadecimal. */
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

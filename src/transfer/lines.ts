import type { Spans } from '../database/schema.js';
import type { DamagedPart } from '../contract/transfer.js';

/** docs/export-format.md describes it. */
export const FORMAT = 'offshoot';

/** Rises when an older Offshoot could not read what this one writes. */
export const VERSION = 1;

/** Values nested deeper than this are neither exported nor imported: what reads them would run out of stack. */
export const MOST_DEEP = 1000;

/** A value as JSON, or, if JSON cannot hold it, as devalue flattens it. */
export type EncodedValue = { json: unknown } | { devalue: unknown };

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
  [key: string, kind: 'value', value: EncodedValue] | [key: string, kind: 'array' | 'one', spans: Spans];

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

export type Line = HeaderLine | SessionLine | EntryLine | SnapshotLine | SessionEndLine | EndLine;

import type { Noted, SnapshotRow } from '../../database/schema.js';
import type { WireSpans } from '../protocol/index.js';

/** A field as it is pushed: what it says here, if anything, and when it was edited, in ms. */
export interface FieldItem {
  value?: unknown;
  saw: number;
  at: number;
}

/** An entry as it is stored: without its media, of which it has the paths and places. */
export interface EntryItem {
  value: unknown;
  media: [path: string[], wire: string, at: number][];
}

/** What is to become a line, as it was found in one transaction. */
export type Item =
  | {
      kind: 'session';
      incarnation: string;
      session: string;
      createdMs: number;
      /** What the outbox says of it, if that is why. */
      noted: Noted | undefined;
      fields: Record<string, FieldItem>;
    }
  | { kind: 'entries'; incarnation: string; log: number; wire: string; at: number; entries: EntryItem[] }
  | {
      kind: 'snapshot';
      incarnation: string;
      session: string;
      noted: Noted;
      saw: number;
      row: SnapshotRow;
      /** Names of the logs that its state reaches. */
      wires: ReadonlyMap<number, string>;
    }
  | { kind: 'delete-session'; incarnation: string; session: string; noted: Noted; saw: number }
  | { kind: 'delete-snapshot'; incarnation: string; id: string; noted: Noted; saw: number };

/** What `accept` knows of a line. */
export type Sent =
  | (Omit<Extract<Item, { kind: 'session' }>, 'createdMs'> & { kind: 'session' })
  | { kind: 'entries'; incarnation: string; log: number; at: number; count: number }
  | {
      kind: 'snapshot';
      incarnation: string;
      session: string;
      id: string;
      noted: Noted;
      digest: string;
      isPending: boolean;
    }
  | Extract<Item, { kind: 'delete-session' | 'delete-snapshot' }>;

/** How a snapshot's row travels, beside what stands in its line. */
export interface SnapshotContent {
  /** With `null` in place of the session and the parent. */
  info: Record<string, unknown>;
  /** Whether `info`, and whether the state, name the session. */
  names: [info: boolean, state: boolean];
  /** `null` for a state that is explicitly `undefined`. */
  fields?: WireField[] | null;
}

export type WireField =
  [key: string, kind: 'value', value: unknown] | [key: string, kind: string, spans: WireSpans];

import type { MediumUse, WireSpans } from '../../sync/protocol/index.js';
import type { TenantRow } from '../tenant/tenant-row.js';
import type { Ranges } from './ranges.js';

export interface Field {
  /** The JSON of the value; absent: it was removed. */
  json?: string;
  seq: number;
  /** When it was edited, by the server's clock. */
  at: number;
}

export interface SessionState {
  incarnation: string;
  /** The id as it is stored. */
  key: string;
  seq: number;
  /** Its `seq` before this push; 0: it was not there. */
  before: number;
  format: number;
  createdMs: number;
  updatedMs: number;
  latestMs: number;
  snapshots: number;
  bytes: number;
  fields: Map<string, Field>;
  isTouched: boolean;
  hasNewFields: boolean;
}

export interface SnapshotState {
  key: string;
  incarnation: string;
  seq: number;
  format: number;
  digest: string;
  parentKey: string | null;
  createdMs: number;
  arrivedMs: number;
  status: string | null;
  beatMs: number | null;
  spans: WireSpans;
  /** Not read, and not written if the snapshot does not change. */
  text: string | null;
  media: MediumUse[];
  bytes: number;
  isChanged: boolean;
}

export interface EntryState {
  incarnation: string;
  log: string;
  at: number;
  seq: number;
  digest: string;
  /** Absent: it was there. */
  fresh?: { format: number; text: string | null; media: MediumUse[]; bytes: number };
}

export interface Tombstone {
  incarnation: string;
  /** The snapshot's id as it is stored; empty: all of the session. */
  key: string;
  session: string;
  seq: number;
  /** Up to where whoever deleted the session had seen it; 0: all. */
  saw: number;
  isNew: boolean;
}

/** What the database says about all that a push names; the lines change it in order. */
export interface PushState {
  tenant: TenantRow;
  /** The greatest number given out. */
  seq: number;
  /** Bytes more than before. */
  added: number;
  /** The number of the replica's last push. */
  lastPush: number;
  sessions: Map<string, SessionState>;
  /** Which incarnation has a session's id. */
  owners: Map<string, string>;
  snapshots: Map<string, SnapshotState>;
  /** Those that were there before, as they were. */
  found: Map<string, SnapshotState>;
  /** By incarnation and snapshot; a session's own has no snapshot. */
  tombstones: Map<string, Tombstone>;
  entries: Map<string, EntryState>;
  media: Map<string, { parts: number; bytes: number }>;
  /** By incarnation: places that are surely there. */
  known: Map<string, Ranges>;
  /** By incarnation: places that a line of this push named wrongly. */
  refused: Map<string, Ranges>;
  /** By incarnation: places that a snapshot of this push let go of. */
  released: Map<string, Ranges>;
  /** By incarnation, if it may let go of places: what each snapshot reaches. */
  reaches: Map<string, Map<string, WireSpans>>;
  deletedSnapshots: SnapshotState[];
  deletedSessions: Map<string, { before: number; seq: number; bytes: number }>;
}

/** A key of a map: neither names of ours nor stored keys have a space in front of them. */
export const pairOf = (incarnation: string, key: string): string => `${incarnation} ${key}`;

export const placeOf = (incarnation: string, log: string, at: number): string =>
  `${incarnation} ${log} ${at}`;

export function rangesIn(map: Map<string, Ranges>, incarnation: string, make: () => Ranges): Ranges {
  const found = map.get(incarnation) ?? make();
  map.set(incarnation, found);
  return found;
}

/** What a row costs beside its text. */
export const ROW_BYTES = 100;

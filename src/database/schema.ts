import type { QuarantinedRow } from '../types/check.js';
import { bare } from '../values/property.js';
import type { ReadStore, WriteStore } from './object-store.js';

/** Rises only when stores or indexes change. What is inside a row has a format of its own. */
export const SCHEMA_VERSION = 1;

/** The format of rows that this version writes. It leaves rows of a later one alone. */
export const ROW_FORMAT = 1;

/** Runs of log entries, flat: log, first position, count, and so on, in the order of what they stand for. */
export type Spans = number[];

/** A property of a state: its value, or where its elements (`array`, or `linked` if they contain each other) or the whole of it (`one`) are logged. */
export type StoredField =
  | [key: string, kind: 'value', value: unknown]
  | [key: string, kind: 'array' | 'linked' | 'one', spans: Spans];

export interface StoredState {
  fields: StoredField[];
  /** All media inside what the fields reach. */
  media: Spans;
}

/** A snapshot. Small, because lists and trees read it: what is large in its state is in logs. */
export interface SnapshotRow {
  format: number;
  id: string;
  /** The owning session; empty for a snapshot that belongs to none, so that it can be part of an index key. */
  sessionId: string;
  /** `createdAt` as an instant in ms, since RFC 3339 strings with different offsets do not sort. */
  createdMs: number;
  /** The clock's reading at the last save: orders saves, and settles ties of `createdMs`. */
  version: number;
  /** The snapshot as it was saved, without `snapshotId` and `state`. */
  info: { createdAt: string; sessionId?: string; parentId?: string; [field: string]: unknown };
  /** Who wrote the snapshot as `pending`: its tab holds a Web Lock of that name while it lives. */
  client?: string;
  /** `null` for a state that was saved as `undefined`; absent if there was none. */
  state?: StoredState | null;
  /**
   * Where in which logs this snapshot began to append: log, position, … As long as nobody else has saved in the
   * session since, all that comes from there on is its own.
   */
  own: number[];
}

/** Ordered by where rows end, so that one range finds all that hold a run; with the size, to be known unread. */
export type LogKey = [log: number, end: number, start: number, size: number];

/** Consecutive entries of one log. */
export interface LogRow {
  format: number;
  /** The position of the first entry. */
  at: number;
  /** Roughly, in bytes. */
  size: number;
  entries: unknown[];
  /** Which entries are not plain: something in them comes twice, or they have arrays that no literal makes. */
  intricate?: number[];
  /** Media taken out of the entries: which entry, where in it, and where it is logged. */
  media?: [index: number, path: string[], log: number, at: number][];
}

/** Kept in the same transaction as the snapshots, so that listing sessions never touches them. */
export interface SessionRow {
  format: number;
  id: string;
  title?: string;
  metadata?: Record<string, unknown>;
  createdMs: number;
  updatedMs: number;
  snapshots: number;
  selected?: string;
  /** How many leaves there are. */
  leaves: number;
  /** The latest of them: greatest `createdMs`, then saved last. Absent if there is none. */
  latest?: { id: string; createdMs: number; version: number };
  version: number;
  /** The version of the last save of a snapshot. */
  saved: number;
  /** Stretches of the clock in which nothing else was written, the last ones. */
  written?: { since: number; version: number }[];
  /** Bytes appended to logs since they were last sealed; roughly. */
  unsealed: number;
}

/** What a Date can be at the most, before and after 1970. */
export const LATEST_MS = 8.64e15;

/** What only a key opens, and only in the database and at the place that it was made for. All of it is authenticated. */
export interface Cipher {
  /** The id of that database. */
  database: string;
  /** Which of the database's lists of keys was in force. */
  turn: number;
  /** Whether there were rows that are not encrypted: `null` was on that list. */
  mixed: boolean;
  /** The key's id in this database. */
  key: string;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** A key as a database knows it: `check` is opened by that key alone, if the list is as it was made. `null` for no encryption. */
export interface StoredKey {
  id: string;
  check: Cipher | null;
}

/** Which keys a database needs. */
export interface KeyList {
  /** The database's id, made when it was first encrypted. */
  database: string;
  /** Greater in every later list. */
  turn: number;
  /** The first is written with, the others may still be needed to read. */
  keys: StoredKey[];
}

/** In place of the clock of an encrypted database, so that nobody writes there without its key. */
export interface LockedClock extends KeyList {
  clock: number;
  /** Another one after every write. */
  stamp: string;
}

/** What the object stores hold: row, key, and the keys of their indexes. */
export interface Stores {
  snapshots: [
    SnapshotRow,
    key: string,
    indexes: {
      sessionId: [sessionId: string, createdMs: number, version: number];
      parentId: [parentId: string, sessionId: string];
    },
  ];
  logs: [LogRow, key: LogKey];
  sessions: [SessionRow, key: string, indexes: { updatedMs: [updatedMs: number, id: string] }];
  /**
   * `clock` counts writes and numbers logs: the truth behind every change message. `epoch` tells the database from
   * those of the same name before it. `loose` has the last writes that no session's row tells of.
   */
  meta: [any, key: string];
  /** What `check({ repair: true })` took out of the other stores. */
  quarantine: [QuarantinedRow, key: number];
}

export type StoreName = keyof Stores;
type Indexes<Name extends StoreName> = Stores[Name] extends [unknown, unknown, infer Found extends object]
  ? Found
  : {};

export interface ReadTransaction {
  objectStore<Name extends StoreName>(name: Name): ReadStore<Stores[Name][0], Stores[Name][1], Indexes<Name>>;
}

export interface WriteTransaction extends ReadTransaction {
  objectStore<Name extends StoreName>(
    name: Name,
  ): WriteStore<Stores[Name][0], Stores[Name][1], Indexes<Name>>;
}

/** A transaction that has been begun. */
export interface Begun {
  readonly transaction: WriteTransaction;
  /** Resolves once all that it wrote is stored, and rejects with what became of it, or `null`, once nothing is. */
  readonly finished: Promise<void>;
  /** Nothing more is going to be asked. */
  end(): void;
  /** Takes back what it wrote, if it has not ended. */
  abort(): void;
  /** Calls back with every answer. */
  onAnswer(answered: () => void): void;
}

export interface Database {
  /** Throws `InvalidStateError` once it is closed. One that writes has these stores for itself; others share them. */
  begin(mode: 'readonly' | 'readwrite', durability: IDBTransactionDurability, stores?: StoreName[]): Begun;
  /** What was begun is finished. */
  close(): void;
}

interface Shape {
  keyPath?: string;
  autoIncrement?: boolean;
  indexes?: Record<string, string[]>;
}

export const SHAPES: Record<StoreName, Shape> = {
  snapshots: {
    keyPath: 'id',
    indexes: {
      sessionId: ['sessionId', 'createdMs', 'version'],
      parentId: ['info.parentId', 'sessionId'],
    },
  },
  logs: {},
  sessions: { keyPath: 'id', indexes: { updatedMs: ['updatedMs', 'id'] } },
  meta: {},
  quarantine: { autoIncrement: true },
};

export const STORES = Object.keys(SHAPES) as StoreName[];

/** Makes what is not there. */
export function createSchema(database: IDBDatabase, transaction: IDBTransaction): void {
  for (const name of STORES) {
    const { indexes = {}, ...options } = SHAPES[name];
    const isThere = database.objectStoreNames.contains(name);
    const store = isThere ? transaction.objectStore(name) : database.createObjectStore(name, bare(options));
    for (const [index, keyPath] of Object.entries(indexes)) {
      if (!store.indexNames.contains(index)) store.createIndex(index, keyPath, bare({}));
    }
    // Whoever opens it is told if that fails.
    if (name === 'meta' && !isThere) store.put(newEpoch(), 'epoch');
  }
}

/** In µs, and with a part that is different where two are made at once. */
export const newEpoch = (): number => Date.now() * 1000 + Math.floor(Math.random() * 1000);

export function logKey(log: number, { at, entries, size }: LogRow): LogKey {
  return [log, at + entries.length, at, size];
}

import type { QuarantinedRow } from '../types/check.js';
import { bare } from '../values/property.js';
import type { ReadStore, WriteStore } from './object-store.js';
import type { Noted, OutboxKey, SyncedColumns } from './sync-rows.js';

export type { Noted, OutboxKey } from './sync-rows.js';

/** Increases only when object stores or indexes change. Rows have a format of their own. */
export const SCHEMA_VERSION = 3;

/** The row format of this version. Rows of a later format are not changed. */
export const ROW_FORMAT = 1;

/** Spans of log entries, flat: log, first position, count, and so on, in the order of the entries they stand for. */
export type Spans = number[];

/**
 * A property of a state: its value, or the spans of its elements (`array`, or `linked` if they contain each other) or
 * of the whole value (`one`).
 */
export type StoredField =
  | [key: string, kind: 'value', value: unknown]
  | [key: string, kind: 'array' | 'linked' | 'one', spans: Spans];

export interface StoredState {
  fields: StoredField[];
  /** All media in the fields. */
  media: Spans;
}

/** A snapshot's row. It is small, because lists and trees read it: large parts of the state are in logs. */
export interface SnapshotRow {
  format: number;
  id: string;
  /** The owning session; an empty string if there is none, since an index key cannot hold `undefined`. */
  sessionId: string;
  /** `createdAt` as an instant in ms, since RFC 3339 strings with different offsets do not sort. */
  createdMs: number;
  /** The clock's reading at the last save: orders saves, and breaks ties of `createdMs`. */
  version: number;
  /** The snapshot as it was saved, without `snapshotId` and `state`. */
  info: { createdAt: string; sessionId?: string; parentId?: string; [field: string]: unknown };
  /** The client that saved the snapshot as `pending`: its tab holds a Web Lock of that name while it lives. */
  client?: string;
  /** `null` for a state that was saved as `undefined`; absent if there was none. */
  state?: StoredState | null;
  /** The beginning of the last text, for lists; absent if there is none. */
  preview?: string;
  /**
   * The positions where this snapshot began to append, flat: log, position, … Entries after them belong to it alone as
   * long as nobody else has saved in the session.
   */
  own: number[];
}

/**
 * Ordered by end position, so that one range finds all rows that overlap a run. The size is in the key to be known
 * without reading the row.
 */
export type LogKey = [log: number, end: number, start: number, size: number];

/** A medium that is stored apart from its entry: index of the entry, path in it, and the medium's log and position. */
export type MediumReference = [index: number, path: string[], log: number, at: number];

/** Consecutive entries of one log. */
export interface LogRow {
  format: number;
  /** The position of the first entry. */
  at: number;
  /** Approximate, in bytes. */
  size: number;
  entries: unknown[];
  /** Entries that are not plain: a value occurs twice in them, or an object or array is not as a literal makes it. */
  intricate?: number[];
  media?: MediumReference[];
}

/** A session's key in the index `where`: by a value and in the order of lists, or by the keys that it is indexed by. */
export type Entry = [label: string, updatedMs: number, id: string] | [0, keys: string];

/** Updated in the same transaction as the snapshots, so that listing sessions reads no snapshots. */
export interface SessionRow extends SyncedColumns {
  format: number;
  id: string;
  title?: string;
  metadata?: Record<string, unknown>;
  /** The keys of `metadata` that the index `where` has this session by. */
  indexed?: readonly string[];
  /** Its entries there, made anew whenever the row is put. */
  where?: Entry[];
  createdMs: number;
  updatedMs: number;
  snapshots: number;
  selected?: string;
  /** The number of leaves. */
  leaves: number;
  /** The latest leaf: greatest `createdMs`, of equal ones the one saved last. Absent if there is none. */
  latest?: {
    id: string;
    createdMs: number;
    version: number;
    /** What its state reaches, unless that is in many runs: reading it need not wait for its row. Earlier rows have none. */
    reach?: Spans;
  };
  version: number;
  /** The version of the last saved snapshot. */
  saved: number;
  /** The last stretches of the clock in which only this session was written. */
  written?: { since: number; version: number }[];
  /** The last saves of its snapshots; nothing else has changed in these since the version of the first. */
  changes?: [id: string, version: number][];
  /** The last receipts of saves that rewrote snapshots, each with the place of the connection that left it. */
  receipts?: [place: string, left: number][];
  /** Approximate bytes appended to logs since the last merge; stored under this name, and not about encryption. */
  unsealed: number;
}

/**
 * A row of a session that was deleted and can be restored. No index finds it, and to whoever finds it by its id it is
 * not there.
 */
export interface HiddenRow<Row> {
  format: number;
  id: string;
  hidden: Row;
}

/** The row of such a session. */
export interface HiddenSession extends HiddenRow<SessionRow> {
  /** The ids of its snapshots. */
  snapshots: string[];
}

/** The limit of a Date, before and after 1970. */
export const LATEST_MS = 8.64e15;

/** An encrypted row. It is decrypted only with its key, in its database and at its address; all columns are authenticated. */
export interface Cipher {
  /** The database's id. */
  database: string;
  /** The generation of the list of keys that was in force. */
  turn: number;
  /** Whether unencrypted rows were allowed: the list of keys contained `null`. */
  mixed: boolean;
  /** The key's id in this database. */
  key: string;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/**
 * A key in a database's list: only that key opens `check`, and only if the list is unchanged. `null` stands for
 * unencrypted.
 */
export interface StoredKey {
  id: string;
  check: Cipher | null;
}

/** The list of keys that a database needs. */
export interface KeyList {
  /** The database's id, generated when it was first encrypted. */
  database: string;
  /** Increases with every later list. */
  turn: number;
  /** The first one encrypts new rows; the others may still be needed for reading. */
  keys: StoredKey[];
}

/** Replaces the clock of an encrypted database, so that nobody can write to it without the key. */
export interface LockedClock extends KeyList {
  clock: number;
  /** Replaced by every write. */
  stamp: string;
}

/** The types of the object stores: row, key, and the keys of their indexes. */
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
  sessions: [SessionRow, key: string, indexes: { updatedMs: [updatedMs: number, id: string]; where: Entry }];
  /**
   * `clock` counts writes and numbers logs, and is negative if the database syncs; change messages are verified against
   * it. `epoch` tells the database from earlier ones of the same name. `loose` holds the last writes that no session's row records, `hidden` the ids of hidden
   * sessions, each with the time, in ms, at which it is deleted for good. `unfiled`: sessions of an earlier schema may not be
   * in the index `where` yet.
   */
  meta: [any, key: string];
  /** Rows that `check({ repair: true })` took out of the other stores. */
  quarantine: [QuarantinedRow, key: number];
  /** What has changed since it was pushed, if the database syncs. */
  outbox: [Noted, key: OutboxKey];
  /** What sync knows of the server. Nobody else looks at it. */
  sync: [any, key: string | string[] | [kind: string, log: number]];
}

export type StoreName = keyof Stores;
type Indexes<Name extends StoreName> = Stores[Name] extends [unknown, unknown, infer Found extends object]
  ? Found
  : {};

export interface ReadTransaction {
  /** The index `where` does not find all: values are under several keys of encryption. */
  readonly isScattered?: boolean;
  /** Whether the database syncs, once the clock has been read: then what changes is noted in `outbox`. */
  syncs?: boolean | undefined;
  objectStore<Name extends StoreName>(name: Name): ReadStore<Stores[Name][0], Stores[Name][1], Indexes<Name>>;
}

export interface WriteTransaction extends ReadTransaction {
  /** The keys of metadata that the writing store declares. */
  indexed?: readonly string[] | undefined;
  objectStore<Name extends StoreName>(
    name: Name,
  ): WriteStore<Stores[Name][0], Stores[Name][1], Indexes<Name>>;
}

/** A transaction that has begun. */
export interface Begun {
  readonly transaction: WriteTransaction;
  /** Resolves when the transaction has committed; rejects with its error, or `null`, when it has aborted. */
  readonly finished: Promise<void>;
  /** Signals that there are no more requests. */
  end(): void;
  /** Aborts, if the transaction has not ended. */
  abort(): void;
  /** Calls back after every answered request. */
  onAnswer(answered: () => void): void;
}

export interface Database {
  /**
   * Throws `InvalidStateError` after `close()`. A `readwrite` transaction has these stores for itself; `readonly` ones
   * share them.
   */
  begin(mode: 'readonly' | 'readwrite', durability: IDBTransactionDurability, stores?: StoreName[]): Begun;
  /** Running transactions finish. */
  close(): void;
}

interface Shape {
  keyPath?: string;
  autoIncrement?: boolean;
  /** By key paths. A path alone is that of a list of keys, each of which finds the row. */
  indexes?: Record<string, string[] | string>;
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
  sessions: { keyPath: 'id', indexes: { updatedMs: ['updatedMs', 'id'], where: 'where' } },
  meta: {},
  quarantine: { autoIncrement: true },
  outbox: {},
  sync: {},
};

export const STORES = Object.keys(SHAPES) as StoreName[];

/** Whether an index finds a row by each key in a list. */
export const isList = (keyPath: string[] | string): keyPath is string => typeof keyPath === 'string';

/** Creates missing object stores and indexes. */
export function createSchema(database: IDBDatabase, transaction: IDBTransaction): void {
  let isUnfiled = false;
  for (const name of STORES) {
    const { indexes = {}, ...options } = SHAPES[name];
    const isThere = database.objectStoreNames.contains(name);
    const store = isThere ? transaction.objectStore(name) : database.createObjectStore(name, bare(options));
    for (const [index, keyPath] of Object.entries(indexes)) {
      if (store.indexNames.contains(index)) continue;
      store.createIndex(index, keyPath, bare({ multiEntry: isList(keyPath) }));
      isUnfiled ||= isThere && isList(keyPath);
    }
    // If this fails, opening fails with its error.
    if (name === 'meta' && !isThere) store.put(newEpoch(), 'epoch');
    if (name === 'meta' && isUnfiled) store.put(1, 'unfiled');
  }
}

/** The time in µs, with a random part so that two databases made at once differ. */
export const newEpoch = (): number => Date.now() * 1000 + Math.floor(Math.random() * 1000);

export function logKey(log: number, { at, entries, size }: LogRow): LogKey {
  return [log, at + entries.length, at, size];
}

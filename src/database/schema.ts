import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';

/** Rises only when stores or indexes change; what is inside a row carries no database version. */
export const SCHEMA_VERSION = 1;

/** A snapshot without its state. Small, because lists and trees read it. */
export interface SnapshotRow {
  id: string;
  /** The owning session; empty for a snapshot that belongs to none, so that it can be part of an index key. */
  sessionId: string;
  /** Set to the session's id while the snapshot is a leaf: the `latestLeaf` index holds leaves only. */
  leafOf?: string;
  /** `createdAt` as an instant in ms, since RFC 3339 strings with different offsets do not sort. */
  createdMs: number;
  /** The clock's reading at the last save: orders saves, and settles ties of `createdMs`. */
  version: number;
  /** Whether a row in `states` must exist. */
  hasState: boolean;
  /** The snapshot as it was saved, without `snapshotId` and `state`. */
  info: { createdAt: string; sessionId?: string; parentId?: string; [field: string]: unknown };
}

export interface StateRow {
  id: string;
  state: unknown;
}

/** Kept in the same transaction as the snapshots, so that listing sessions never touches them. */
export interface SessionRow {
  id: string;
  title?: string;
  metadata?: Record<string, unknown>;
  createdMs: number;
  updatedMs: number;
  snapshots: number;
  selected?: string;
  version: number;
}

export interface Schema extends DBSchema {
  snapshots: {
    key: string;
    value: SnapshotRow;
    indexes: {
      sessionId: [sessionId: string, createdMs: number, version: number];
      parentId: [parentId: string, sessionId: string];
      latestLeaf: [leafOf: string, createdMs: number, version: number];
    };
  };
  states: { key: string; value: StateRow };
  sessions: {
    key: string;
    value: SessionRow;
    indexes: { updatedMs: [updatedMs: number, id: string] };
  };
  /** `clock`: how many writes have been committed, the truth behind every change message. */
  meta: { key: string; value: number };
}

export type Database = IDBPDatabase<Schema>;
type Stores = ('snapshots' | 'states' | 'sessions' | 'meta')[];
export type ReadTransaction = IDBPTransaction<Schema, Stores, IDBTransactionMode>;
export type WriteTransaction = IDBPTransaction<Schema, Stores, 'readwrite'>;

export const STORES: Stores = ['snapshots', 'states', 'sessions', 'meta'];

export function createSchema(database: Database): void {
  const snapshots = database.createObjectStore('snapshots', { keyPath: 'id' });
  snapshots.createIndex('sessionId', ['sessionId', 'createdMs', 'version']);
  snapshots.createIndex('parentId', ['info.parentId', 'sessionId']);
  snapshots.createIndex('latestLeaf', ['leafOf', 'createdMs', 'version']);
  database.createObjectStore('states', { keyPath: 'id' });
  database.createObjectStore('sessions', { keyPath: 'id' }).createIndex('updatedMs', ['updatedMs', 'id']);
  database.createObjectStore('meta');
}

/** All keys of a compound index that begin with `prefix`: an array sorts after every number and string. */
export function startingWith(...prefix: IDBValidKey[]): IDBKeyRange {
  return IDBKeyRange.bound(prefix, [...prefix, []]);
}

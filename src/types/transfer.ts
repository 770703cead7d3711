import type { SessionStoreError } from '../errors.js';
import type { Retained } from './retention.js';
import type { SessionStoreOptions } from './snapshot.js';

/** The progress of an export or an import. */
export interface TransferProgress {
  /** The number of sessions done, whatever their outcome; a snapshot without a session counts as one. */
  sessions: number;
  /** The total number of sessions, if it is known beforehand. */
  totalSessions?: number | undefined;
  snapshots: number;
  /** Elements of arrays, large values and media. */
  entries: number;
  /** Bytes written or read. */
  bytes: number;
}

interface TransferOptions extends SessionStoreOptions {
  /** Aborts with the signal's reason. Sessions that were imported before stay. */
  signal?: AbortSignal | undefined;
  /** Called after every session. Its errors are reported with `reportError`. */
  onProgress?: ((progress: TransferProgress) => void) | undefined;
}

export interface ExportOptions extends TransferOptions {
  /** Exports only these sessions; ids that do not exist are ignored. Default: everything of the tenant. */
  sessionIds?: readonly string[] | undefined;
  /**
   * Called for everything that cannot be exported; the export then succeeds, and the file lists it. Without it the
   * stream fails at the end, when everything else has been exported, and the error lists it as `damaged`.
   */
  onDamaged?: ((part: DamagedPart) => void) | undefined;
}

/**
 * What an import does with a session that exists already, or with one whose snapshots' ids another session has:
 *
 * - `skip`, the default: keeps what is stored, so that an interrupted import can be run again.
 * - `fork`: imports it as another session, with new ids for it and for its snapshots.
 * - `replace`: deletes what is stored in the transaction that writes what is imported.
 *
 * `skip` and `replace` touch no other session: taking a snapshot id from one is refused with `ALREADY_EXISTS`.
 */
export type OnConflict = 'skip' | 'fork' | 'replace';

export interface ImportOptions extends TransferOptions {
  onConflict?: OnConflict | undefined;
  /** The maximum length of a line, or of a Genkit file, in bytes. Default 64 MiB. */
  maxLineBytes?: number | undefined;
  /** The maximum size of an unpacked gzip file, in bytes; 200 times its packed size is a limit too. Default 2 GiB. */
  maxBytes?: number | undefined;
}

/** What the store's own `retention` is going to delete of an imported session. */
export interface WillBeDeleted {
  /** The limit that it exceeds. */
  limit: Retained['limit'];
  /** The whole session, or some of its branches. */
  what: 'session' | 'branches';
  /** The number of snapshots. */
  snapshots: number;
}

/** The outcome for a session, or for a snapshot without one. */
export interface ImportedSession {
  /** The id in the file. `undefined` for a snapshot that belongs to no session. */
  sessionId: string | undefined;
  /** The snapshot's id, if it belongs to no session. */
  snapshotId?: string | undefined;
  outcome: 'imported' | 'skipped' | 'forked' | 'replaced' | 'failed';
  /** The new id, if it was forked. */
  newId?: string | undefined;
  /** The error if nothing of it was written: `ALREADY_EXISTS`. */
  error?: SessionStoreError | undefined;
  /**
   * What the store's own `retention` deletes of it the next time it is applied, since a policy also applies to sessions
   * that were just imported. Nothing of it is deleted before the import has resolved, nor, by this store and unless a
   * disk is full, for five minutes more: protect it with `keep`, or tell the user. Approximate for `maxBytes`, since
   * later saves count too. Absent if there is no policy, or it is met.
   */
  willBeDeleted?: WillBeDeleted | undefined;
}

/** Something that could not be exported: a snapshot, or a session's own row or its metadata. */
export interface DamagedPart {
  sessionId?: string | undefined;
  snapshotId?: string | undefined;
  /** The path of a value that can be read, but that the file format cannot hold. */
  path?: string | undefined;
  /** Why the format cannot hold it; absent if it cannot be read. */
  reason?: string | undefined;
}

/** The error of an export that left something out without an `onDamaged`: `DATA_LOSS` or `FAILED_PRECONDITION`. */
export interface SessionExportError extends SessionStoreError {
  readonly damaged: readonly DamagedPart[];
}

export interface ImportReport {
  /** Whether the file was read to its end and is unchanged. */
  complete: boolean;
  /** In the order of the file. */
  sessions: ImportedSession[];
  /** The number of sessions with each outcome. */
  totals: Record<ImportedSession['outcome'], number>;
  /** The number of snapshots written. */
  snapshots: number;
  /** What the export had left out. */
  damaged: DamagedPart[];
  /** What a newer Offshoot wrote and this one does not know. Empty unless the file is of a newer format. */
  leftOut: LeftOut[];
}

/** What an import did not take from a file of a newer format, since that says that it may be left out. */
export interface LeftOut {
  /** The type of the line, and the field of it: `session.color`; the type alone if the line was left out as a whole. */
  what: string;
  /** How many of the file, whatever the outcome for their sessions. */
  count: number;
}

/** The error of an import that ends early; `report` has what was imported before, which stays. */
export interface SessionImportError extends SessionStoreError {
  readonly report: ImportReport;
}

/** The part of `FileSystemDirectoryHandle` that is needed to read a directory. */
export interface DirectoryHandle {
  values(): AsyncIterable<FileSystemHandle>;
}

/** The files of one directory of Genkit's `FileSessionStore`. */
export type GenkitFiles = Iterable<File> | AsyncIterable<File> | DirectoryHandle;

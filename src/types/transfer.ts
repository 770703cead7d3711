import type { SessionStoreError } from '../errors.js';
import type { Retained } from './retention.js';
import type { SessionStoreOptions } from './snapshot.js';

/** How far an export or an import has come. */
export interface TransferProgress {
  /** Sessions that are done, whatever became of them; a snapshot without a session counts as one. */
  sessions: number;
  /** How many there are in all, where that is known beforehand. */
  totalSessions?: number | undefined;
  snapshots: number;
  /** Elements of arrays, large values and media. */
  entries: number;
  /** Bytes written or read. */
  bytes: number;
}

interface TransferOptions extends SessionStoreOptions {
  /** Ends it with the signal's reason. Sessions that were imported by then stay. */
  signal?: AbortSignal | undefined;
  /** Is told after every session. What it throws is reported with `reportError`. */
  onProgress?: ((progress: TransferProgress) => void) | undefined;
}

export interface ExportOptions extends TransferOptions {
  /** Only these sessions; one that does not exist is left out. Default: everything the tenant has. */
  sessionIds?: readonly string[] | undefined;
  /**
   * Is told of everything that cannot be exported, and takes it upon itself: the file then ends well and lists it.
   * Without it the stream fails in the end, when all else has been exported, and the error lists it as `damaged`.
   */
  onDamaged?: ((part: DamagedPart) => void) | undefined;
}

/**
 * What an import does with a session that is there already, or one of whose snapshots has the id of another
 * session's:
 *
 * - `skip`, the default: leaves what is there, so that an import that was interrupted can be run again.
 * - `fork`: imports it as another session, with new ids for it and for its snapshots.
 * - `replace`: deletes what is there in the transaction that writes what is imported.
 *
 * `skip` and `replace` touch no other session: taking a snapshot id from one is refused with `ALREADY_EXISTS`.
 */
export type OnConflict = 'skip' | 'fork' | 'replace';

export interface ImportOptions extends TransferOptions {
  onConflict?: OnConflict | undefined;
  /** The longest line, or file of Genkit's, that is read, in bytes. Default 64 MiB. */
  maxLineBytes?: number | undefined;
  /** What a file packed with gzip may expand to, in bytes, if that is no more than 200 times its size. Default 2 GiB. */
  maxBytes?: number | undefined;
}

/** What the store's own `retention` is going to delete of a session that came in. */
export interface WillBeDeleted {
  /** The limit that it is beyond. */
  limit: Retained['limit'];
  /** All of it, or branches of it. */
  what: 'session' | 'branches';
  /** How many snapshots. */
  snapshots: number;
}

/** What became of a session, or of a snapshot without one. */
export interface ImportedSession {
  /** As the file names it. `undefined` for a snapshot that belongs to no session. */
  sessionId: string | undefined;
  /** The snapshot, if it belongs to no session. */
  snapshotId?: string | undefined;
  outcome: 'imported' | 'skipped' | 'forked' | 'replaced' | 'failed';
  /** The id it has now, if it was forked. */
  newId?: string | undefined;
  /** Why nothing of it was written, if it failed: `ALREADY_EXISTS`. */
  error?: SessionStoreError | undefined;
  /**
   * What of it the store's own `retention` deletes the next time it is applied: what is older, or more, than that allows
   * goes although it has just come in. Nothing of it is deleted before the import has resolved, and, by this store and
   * unless a disk is full, for five minutes more: keep it by what `keep` goes by, or tell the user. With `maxBytes`
   * roughly, since nobody knows what else is going to be saved. Absent if there is no policy, or it is met.
   */
  willBeDeleted?: WillBeDeleted | undefined;
}

/** Something that could not be exported: a snapshot, or a session's own row or its metadata. */
export interface DamagedPart {
  sessionId?: string | undefined;
  snapshotId?: string | undefined;
  /** Where in it, if it can be read and no file can hold it. */
  path?: string | undefined;
  /** Why no file can hold it; absent if it cannot be read. */
  reason?: string | undefined;
}

/** What an export fails with in the end if something is not in it and nobody was told: `DATA_LOSS` or `FAILED_PRECONDITION`. */
export interface SessionExportError extends SessionStoreError {
  readonly damaged: readonly DamagedPart[];
}

export interface ImportReport {
  /** Whether the file was read to its end, and is as it was written. */
  complete: boolean;
  /** In the order of the file. */
  sessions: ImportedSession[];
  /** How many sessions had each outcome. */
  totals: Record<ImportedSession['outcome'], number>;
  /** How many snapshots were written. */
  snapshots: number;
  /** What the export already lacked. */
  damaged: DamagedPart[];
}

/** What an import rejects with if it ends early: the report says what had been imported by then, and stays. */
export interface SessionImportError extends SessionStoreError {
  readonly report: ImportReport;
}

/** As much of a `FileSystemDirectoryHandle` as reading a directory takes. */
export interface DirectoryHandle {
  values(): AsyncIterable<FileSystemHandle>;
}

/** The files of one directory of Genkit's `FileSessionStore`. */
export type GenkitFiles = Iterable<File> | AsyncIterable<File> | DirectoryHandle;

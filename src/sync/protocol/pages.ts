import type { Limits } from './limits.js';
import type { DeleteSnapshotLine, EntriesLine, SnapshotLine } from './push.js';

/** `GET /` */
export interface ServerInfo {
  versions: { oldest: number; newest: number };
  /** Not the tenant's name: a hash of it. */
  tenant: string;
  generation: string;
  limits: Limits;
  now: number;
}

export interface ListedSession {
  incarnation: string;
  session: string;
  seq: number;
  createdMs: number;
  /** When the server last took a snapshot of it or a change of a field. */
  updatedMs: number;
  /** The greatest time of a snapshot, at most that of its arrival. */
  latestMs: number;
  snapshots: number;
  fields: Record<string, { value: unknown; seq: number }>;
  format?: number;
}

export interface DeletedSession {
  incarnation: string;
  session: string;
  seq: number;
  deleted: true;
  /** As whoever deleted it said: what is later, its author had better keep. */
  saw?: number;
}

/** `GET /changes` */
export interface ChangesPage {
  generation: string;
  now: number;
  /**
   * `<seq>:<token>`: ask from here next, once this page is applied. Absent in all pages but the last one of the order
   * `newest`: until that came, nothing is known to be complete.
   */
  cursor?: string;
  /** In the order `newest`: ask for the next page with `after=<next>`. */
  next?: string;
  more: boolean;
  /** The server does not know the cursor: it was restored from a backup. Nothing else is in this page. */
  reset?: true;
  sessions: (ListedSession | DeletedSession)[];
}

/** Entries as they were pushed; those of the replica that asks come without `bodies`, since it has them. */
export type EntriesRow = Omit<EntriesLine, 'bodies'> & { bodies?: EntriesLine['bodies']; seq: number };

/** As it was pushed. `beat` counts from `now` of the page; `arrivedMs` is the server's time when it first came. */
export type SnapshotRowLine = Omit<SnapshotLine, 'saw'> & { seq: number; arrivedMs: number };

export type DeletedSnapshotRow = Omit<DeleteSnapshotLine, 'saw' | 'incarnation'> & { seq: number };

export type SessionRowLine = EntriesRow | SnapshotRowLine | DeletedSnapshotRow;

/** `GET /sessions/:incarnation?since=&replica=`: what has changed since, in the order of `seq`. */
export interface SessionPage {
  generation: string;
  now: number;
  /** Ask from here next; with `more: false`, the session is known up to here. */
  seq: number;
  more: boolean;
  rows: SessionRowLine[];
}

/** The body of every answer that is not 2xx. */
export interface ErrorAnswer {
  error: {
    /** A status of Genkit's. */
    status: string;
    message: string;
    /** Where in the request. */
    path?: string;
    /** Which side is too old. */
    update?: 'client' | 'server';
  };
}

import type { ChangesPage, SessionPage, SessionRowLine } from '../protocol/pages.js';
import type { PushLine } from '../protocol/push.js';
import type { PushEnd, PushResult } from '../protocol/results.js';
import type { SyncEvent } from './events.js';

/** What a database knows of its server. */
export interface Begun {
  replica: string;
  /** The opaque id of whose sessions these are on the server; absent before the first sign-in. */
  tenant?: string;
  cursor?: string;
  generation?: string;
  /** How long ago the server was last heard; absent: never. */
  heardMs?: number;
}

export interface CollectLimits {
  rows: number;
  bytes: number;
  /** Also takes rows that the server refused before this instant. */
  heldBefore?: number;
}

export interface Collected {
  lines: PushLine[];
  /** For `accept`. */
  token: unknown;
  /** Greater with each collection. */
  push: number;
}

export interface BehindSession {
  incarnation: string;
  session: string;
  since: number;
  /** Entries of this database's own are needed, too. */
  whole?: boolean;
}

interface Told {
  events: SyncEvent[];
}

/** The database's part of syncing: each method is a transaction, or a few, and none asks the network. */
export interface LocalSync {
  begin(): Promise<Begun>;
  collect(limits: CollectLimits): Promise<Collected>;
  accept(token: unknown, results: PushResult[], end?: PushEnd): Promise<Told>;
  applyChanges(page: ChangesPage): Promise<Told>;
  behind(limit: number): Promise<BehindSession[]>;
  applySession(
    incarnation: string,
    rows: SessionRowLine[],
    page: Pick<SessionPage, 'seq' | 'generation' | 'now'>,
  ): Promise<Told>;
  /** The incarnations that the server was known to have. */
  said(): Promise<string[]>;
  /** They were deleted elsewhere. */
  gone(incarnations: readonly string[]): Promise<Told>;
  queued(): Promise<{ rows: number; bytes: number }>;
  forget(generation: string): Promise<void>;
  newReplica(): Promise<void>;
  adopt(tenant: string): Promise<void>;
  end(options: { keep: boolean; discard?: boolean }): Promise<void>;
}

/** A database that can be synced, and what the engine must know of it. */
export interface OpenedLocalSync {
  local: LocalSync;
  /** Names its locks and its channel. */
  database: string;
  rejectsBranches: boolean;
  isEncrypted: boolean;
  /** Calls back when something was saved, in any tab. Returns a function that ends it. */
  onChange(callback: () => void): () => void;
}

import type { LocalSync } from '../local/local-sync.js';

/** A database that is to be synced, and what must be known of it. */
export interface OpenedLocalSync {
  local: LocalSync;
  /** Names its locks and its channel. */
  database: string;
  rejectsBranches: boolean;
  isEncrypted: boolean;
  /** Calls back when something was saved, in any tab. Returns a function that ends it. */
  onChange(callback: () => void): () => void;
}

/** What a database knows of its server. */
export type Begun = Awaited<ReturnType<LocalSync['begin']>>;

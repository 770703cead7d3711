import type { ImportOptions, ImportReport, IndexedDBSessionStore, SessionSnapshot } from '../index.js';
import type { SnapshotSource } from './condition.js';
import type { SessionSeed } from './seed.js';

type StoreMethod =
  | 'getSnapshot'
  | 'getSession'
  | 'listSessions'
  | 'listSnapshots'
  | 'getHistory'
  | 'getTree'
  | 'getHead'
  | 'updateSession'
  | 'selectBranch'
  | 'deleteSnapshot'
  | 'deleteSession'
  | 'clear';

/** What the helper tab does for the test. Arguments and results can be encoded as text. */
export interface Host<S> extends Pick<IndexedDBSessionStore<S>, StoreMethod> {
  seed(session: SessionSeed<S>): Promise<string[]>;
  exportSessions(sessionIds: readonly string[] | undefined): Promise<string>;
  importSessions(text: string, options: Pick<ImportOptions, 'onConflict'>): Promise<ImportReport>;
  /** Starts watching a source under a number that the caller chooses, for `next`. */
  watch(name: number, source: SnapshotSource): void;
  /** All versions since the last call, in order. Waits for at least one; none only after `unwatch`. */
  next(name: number): Promise<SessionSnapshot<S>[]>;
  unwatch(name: number): void;
}

export interface Request {
  method: keyof Host<unknown>;
  args: unknown[];
}

export type Answer = { value: unknown } | { error: unknown };

/** What the script provides as `offshootTab` in the helper tab. */
export interface Tab {
  /** Takes `TabStoreOptions`, and answers like `call`. */
  open(options: string): Promise<string>;
  call(request: string): Promise<string>;
}

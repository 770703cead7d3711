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

/** What the helper tab does for the test. Arguments and results are such that text can hold them. */
export interface Host<S> extends Pick<IndexedDBSessionStore<S>, StoreMethod> {
  seed(session: SessionSeed<S>): Promise<string[]>;
  exportSessions(sessionIds: readonly string[] | undefined): Promise<string>;
  importSessions(text: string, options: Pick<ImportOptions, 'onConflict'>): Promise<ImportReport>;
  /** From now on `next` has what can be seen there; under a name of the caller's. */
  watch(name: number, source: SnapshotSource): void;
  /** All versions since the last call, in order. Waits for one; there is none only after `unwatch`. */
  next(name: number): Promise<SessionSnapshot<S>[]>;
  unwatch(name: number): void;
}

export interface Request {
  method: keyof Host<unknown>;
  args: unknown[];
}

export type Answer = { value: unknown } | { error: unknown };

/** What the script puts under `offshootTab` into the helper tab. */
export interface Tab {
  /** Takes `TabStoreOptions`, and answers like `call`. */
  open(options: string): Promise<string>;
  call(request: string): Promise<string>;
}

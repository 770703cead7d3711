import type { WillBeDeleted } from '../../types/transfer.js';
import type { DatabaseAccess } from '../../snapshots/database-access.js';

/** What deletes by itself what is too old or too much. */
export interface Policy {
  /** Keeps that from the sessions whose ids are put into the set, until the work has ended. */
  whileImporting<T>(work: (ids: Set<string>) => Promise<T>): Promise<T>;
  foresee(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, WillBeDeleted>>;
}

/** Where an import goes. */
export interface Target extends Pick<DatabaseAccess, 'read' | 'write'> {
  generateId(): string;
  /** The store's own, if it has one. */
  retention(): Promise<Policy | undefined>;
  /** Is told of a session before it is written. */
  arriving?(sessionId: string): void;
}

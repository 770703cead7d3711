import type { WillBeDeleted } from '../../types/transfer.js';
import type { DatabaseAccess } from '../../snapshots/database-access.js';

/** A retention policy as an import sees it. */
export interface Policy {
  /** Protects the sessions whose ids are put into the set, until the work has ended. */
  whileImporting<T>(work: (ids: Set<string>) => Promise<T>): Promise<T>;
  foresee(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, WillBeDeleted>>;
}

/** Where an import writes. */
export interface Target extends Pick<DatabaseAccess, 'read' | 'write'> {
  generateId(): string;
  /** The store's own policy, if it has one. */
  retention(): Promise<Policy | undefined>;
  /** Called before a session is written. */
  arriving?(sessionId: string): void;
}

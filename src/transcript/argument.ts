import { SessionStoreError } from '../index.js';

/** Throws `INVALID_ARGUMENT` unless it can be the id of a session or a snapshot. */
export function requireId(id: unknown, path: string): asserts id is string {
  if (typeof id !== 'string' || !id.trim()) {
    throw new SessionStoreError('INVALID_ARGUMENT', `${path}: must be a string that is not blank`, path);
  }
}

/** Throws `INVALID_ARGUMENT` unless it is a store. */
export function requireStore(store: unknown): void {
  if (typeof (store as { saveSnapshot?: unknown } | undefined)?.saveSnapshot !== 'function') {
    throw new SessionStoreError(
      'INVALID_ARGUMENT',
      'store: must be a store. Pass a new IndexedDBSessionStore()',
      'store',
    );
  }
}

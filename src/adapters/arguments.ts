import { SessionStoreError, type IndexedDBSessionStore } from '../index.js';

/** A store, whatever the type of its custom state. */
export type AnyStore = IndexedDBSessionStore<any>;

export function invalid(path: string, problem: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError('INVALID_ARGUMENT', `${path}: ${problem}`, path, cause);
}

export function requireStore(store: unknown): void {
  if (typeof (store as AnyStore | undefined)?.saveSnapshot !== 'function') {
    throw invalid('store', 'must be a store. Pass it a `new IndexedDBSessionStore()`');
  }
}

/** How many earlier states are kept: a whole number from 1, or `false` for none. */
export function requireHistory(history: unknown): void {
  if (history !== false && !(Number.isInteger(history) && (history as number) >= 1)) {
    throw invalid('options.history', 'must be a whole number from 1, or false to keep no earlier states');
  }
}

/**
 * What would come back from a file: functions and `undefined` are left out, dates are strings. A copy, so that the caller
 * may go on changing the original. Errors: `INVALID_ARGUMENT` for what JSON cannot hold (bigints, what contains
 * itself), and for anything but an object.
 */
export function jsonObject(value: unknown, path: string): Record<string, unknown> {
  let copy: unknown;
  try {
    copy = JSON.parse(JSON.stringify(value) ?? 'null');
  } catch (cause) {
    throw invalid(path, 'cannot be written as JSON. Take bigints and circular references out of it', cause);
  }
  if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) {
    return copy as Record<string, unknown>;
  }
  throw invalid(path, 'must be an object that JSON can hold');
}

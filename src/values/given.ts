import { SessionStoreError } from '../errors.js';
import { invalid, picked, requireValid } from './arguments.js';
import { record, satisfying, UNREADABLE } from './schema.js';

/** Reads each property of a framework's argument once. Unknown properties are allowed. */
export function given<T extends object>(value: T, path: string): T {
  requireValid(record, value, path);
  return picked(value, path);
}

/** Runs code that reads deep into an argument; an error of a getter or a proxy becomes `INVALID_ARGUMENT`. */
export function reading<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof SessionStoreError ? cause : invalid(path, UNREADABLE, cause);
  }
}

const storeLike = satisfying(
  (value) => typeof value?.saveSnapshot === 'function',
  'a store, as new IndexedDBSessionStore() makes it',
);

export function requireStore(store: unknown): void {
  requireValid(storeLike, store, 'store');
}

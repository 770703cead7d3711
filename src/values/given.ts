import { SessionStoreError } from '../errors.js';
import { invalid, requireValid } from './argument.js';
import { picked } from './options.js';
import { record, satisfying, UNREADABLE } from './schema.js';

/** What a framework hands over, its properties read once. It may add some. */
export function given<T extends object>(value: T, path: string): T {
  requireValid(record, value, path);
  return picked(value, path);
}

/** Runs what reads deep into an argument; what a getter or a trap throws is `INVALID_ARGUMENT`. */
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

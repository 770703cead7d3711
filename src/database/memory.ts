import { indexedDB, IDBKeyRange } from 'fake-indexeddb';
import { provideKeyRanges } from '../platform/browser.js';
import { kindOf } from '../platform/kind.js';
import type { Databases } from './requests.js';

/** Databases that live as long as the page. Loaded where there is no IndexedDB. */
export const memory: Databases = {
  open(name, version) {
    provideKeyRanges(IDBKeyRange);
    return indexedDB.open(name, version);
  },
  deleteDatabase: (name) => indexedDB.deleteDatabase(name),
  fit: toMemoryRange,
};

/** The rest of Offshoot makes the browser's own ranges, which are there even where its databases are not. */
function toMemoryRange(value: unknown): unknown {
  if (kindOf(value) !== 'IDBKeyRange') return value;
  const { lower, upper, lowerOpen, upperOpen } = value as IDBKeyRange;
  if (lower === undefined) return IDBKeyRange.upperBound(upper, upperOpen);
  if (upper === undefined) return IDBKeyRange.lowerBound(lower, lowerOpen);
  return IDBKeyRange.bound(lower, upper, lowerOpen, upperOpen);
}

import {
  indexedDB,
  IDBCursor,
  IDBIndex,
  IDBKeyRange,
  IDBObjectStore,
  IDBRequest,
  IDBTransaction,
} from 'fake-indexeddb';
import type { deleteDB, openDB } from 'idb';
import { provideKeyRanges } from '../platform/browser.js';
import { kindOf } from '../platform/kind.js';
import type { Database, Schema } from './schema.js';

/** Opens a database that lives as long as the page, as idb does the browser's. Loaded where there is no IndexedDB. */
export const openInMemory: typeof openDB<Schema> = (name, version, { upgrade, blocked, blocking } = {}) => {
  provideKeyRanges(IDBKeyRange);
  const request = indexedDB.open(name, version);
  const result = () => promised(request.result) as unknown as Database;
  request.onblocked = (event) => blocked?.(event.oldVersion, event.newVersion, event);
  request.onupgradeneeded = (event) =>
    upgrade?.(
      result(),
      event.oldVersion,
      event.newVersion,
      promised(request.transaction!) as unknown as Parameters<typeof upgrade>[3],
      event,
    );
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      request.result.onversionchange = (event) => blocking?.(event.oldVersion, event.newVersion, event);
      resolve(result());
    };
    request.onerror = () => reject(request.error);
  });
};

export const deleteInMemory: typeof deleteDB = (name, { blocked } = {}) => {
  const request = indexedDB.deleteDatabase(name);
  request.onblocked = (event) => blocked?.(event.oldVersion, event);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
};

const PARTS = [IDBTransaction, IDBObjectStore, IDBIndex, IDBCursor];

/** Requests as promises: idb, which does that for the browser's own, knows them by their classes. */
function promised<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_, key) {
      if (key === 'done') return Promise.resolve();
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args.map(toMemoryRange));
        if (target instanceof IDBCursor) return answer(target.request);
        return result instanceof IDBRequest ? answer(result) : asPart(result);
      };
    },
  });
}

const asPart = (value: unknown): unknown =>
  PARTS.some((part) => value instanceof part) ? promised(value as object) : value;

function answer(request: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(asPart(request.result));
    request.onerror = () => reject(request.error);
  });
}

/** The rest of Offshoot makes the browser's own ranges, which are there even where its databases are not. */
const toMemoryRange = (value: unknown): unknown => {
  if (kindOf(value) !== 'IDBKeyRange') return value;
  const { lower, upper, lowerOpen, upperOpen } = value as IDBKeyRange;
  if (lower === undefined) return IDBKeyRange.upperBound(upper, upperOpen);
  if (upper === undefined) return IDBKeyRange.lowerBound(lower, lowerOpen);
  return IDBKeyRange.bound(lower, upper, lowerOpen, upperOpen);
};

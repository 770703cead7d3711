import { sizeOf } from './living-bytes.js';

const METHODS = [
  'put add delete clear update get getKey getAll getAllKeys getAllRecords count openCursor openKeyCursor',
  'advance continue continuePrimaryKey',
]
  .join(' ')
  .split(' ');

const WRITING = [
  [IDBObjectStore.prototype, 'put'],
  [IDBObjectStore.prototype, 'add'],
  [IDBCursor.prototype, 'update'],
] as const;

/**
 * Notes the IndexedDB requests of this page from now on, as `store.method`. Libraries must not be loaded yet: some
 * keep the methods.
 */
export function noteRequests(): string[] {
  const made: string[] = [];
  for (const { prototype } of [IDBObjectStore, IDBIndex, IDBCursor]) {
    const methods = prototype as unknown as Record<string, unknown>;
    for (const method of METHODS.filter((name) => Object.hasOwn(prototype, name))) {
      const original = methods[method] as (...args: unknown[]) => unknown;
      methods[method] = function (this: Source, ...args: unknown[]) {
        made.push(`${storeOf(this).name}.${method}`);
        return original.apply(this, args);
      };
    }
  }
  return made;
}

/** Adds up what is written by the page's requests from now on: slow, so nothing may be timed beside it. */
export function noteWrites(): { bytes: number } {
  const written = { bytes: 0 };
  for (const [prototype, name] of WRITING) {
    const methods = prototype as unknown as Record<string, unknown>;
    const original = methods[name] as (...args: unknown[]) => unknown;
    methods[name] = function (this: Source, value: unknown, ...rest: unknown[]) {
      written.bytes += sizeOf(value);
      return original.call(this, value, ...rest);
    };
  }
  return written;
}

type Source = IDBObjectStore | IDBIndex | IDBCursor;

function storeOf(source: Source): IDBObjectStore {
  if (source instanceof IDBObjectStore) return source;
  return source instanceof IDBIndex ? source.objectStore : storeOf(source.source);
}

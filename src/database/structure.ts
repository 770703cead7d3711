import { bare } from '../values/property.js';
import { isList, SHAPES, STORES, type StoreName } from './schema.js';

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Which of our object stores the database has. */
export const storesOf = (database: IDBDatabase): StoreName[] =>
  STORES.filter((name) => database.objectStoreNames.contains(name));

/** The first of these stores that differs from our schema, if any; `lacking` also reports missing indexes. */
export function firstMismatch(
  database: IDBDatabase,
  names: StoreName[],
  lacking: boolean,
): string | undefined {
  if (names.length === 0) return undefined;
  const transaction = database.transaction(names);
  return names.find((name) => {
    const store = transaction.objectStore(name);
    const { keyPath = null, autoIncrement = false, indexes = {} } = bare({ ...SHAPES[name] });
    if (!isSame(store.keyPath, keyPath) || store.autoIncrement !== autoIncrement) return true;
    return Object.entries(indexes).some(([index, keyPath]) => {
      if (!store.indexNames.contains(index)) return lacking;
      const found = store.index(index);
      return !isSame(found.keyPath, keyPath) || found.unique || found.multiEntry !== isList(keyPath);
    });
  });
}

/** Whether all object stores and indexes are there, as in our schema. */
export const isWhole = (database: IDBDatabase): boolean =>
  storesOf(database).length === STORES.length && firstMismatch(database, STORES, true) === undefined;

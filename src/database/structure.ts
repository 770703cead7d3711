import { bare } from '../validation/property.js';
import { SHAPES, STORES, type Database, type ReadTransaction } from './schema.js';
import { jsonOf } from '../platform/json.js';

const isSame = (a: unknown, b: unknown) => jsonOf(a) === jsonOf(b);

/** Those of our object stores that a database has. */
export const storesOf = (database: Database): typeof STORES =>
  STORES.filter((name) => database.objectStoreNames.contains(name));

/** The first of these that is not as ours are, if there is one; `lacking` also looks for indexes that are missing. */
export function misfit(database: Database, names: typeof STORES, lacking: boolean): string | undefined {
  if (names.length === 0) return undefined;
  const transaction = database.transaction(names) as ReadTransaction;
  return names.find((name) => {
    const store = transaction.objectStore(name);
    const { keyPath = null, autoIncrement = false, indexes = {} } = bare({ ...SHAPES[name] });
    if (!isSame(store.keyPath, keyPath) || store.autoIncrement !== autoIncrement) return true;
    return Object.entries(indexes).some(([index, keyPath]) => {
      if (!store.indexNames.contains(index as never)) return lacking;
      const found = store.index(index as never);
      return !isSame(found.keyPath, keyPath) || found.unique || found.multiEntry;
    });
  });
}

/** Whether all is there, as it should be. */
export const isWhole = (database: Database): boolean =>
  storesOf(database).length === STORES.length && misfit(database, STORES, true) === undefined;

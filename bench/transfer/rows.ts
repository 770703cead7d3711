// All rows of a database as lines of plain JSON, and back: what a dump costs that knows nothing of what it holds.

const ROWS_AT_ONCE = 500;

interface StoreShape {
  name: string;
  keyPath: string | string[] | null;
  indexes: { name: string; keyPath: string | string[]; unique: boolean; multiEntry: boolean }[];
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error!));
  });
}

const complete = (transaction: IDBTransaction) =>
  new Promise((resolve, reject) => {
    transaction.addEventListener('complete', resolve);
    transaction.addEventListener('abort', () => reject(transaction.error!));
  });

/** Bytes as text, which JSON has no other way for. */
function withBytes(_: string, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return { bytes: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')) };
}

function bytesBack(_: string, value: any): unknown {
  if (typeof value?.bytes !== 'string') return value;
  return Uint8Array.from(atob(value.bytes), (character) => character.charCodeAt(0));
}

function shapeOf(store: IDBObjectStore): StoreShape {
  const indexes = Array.from(store.indexNames, (name) => {
    const { keyPath, unique, multiEntry } = store.index(name);
    return { name, keyPath, unique, multiEntry };
  });
  return { name: store.name, keyPath: store.keyPath, indexes };
}

export async function dumpRows(name: string): Promise<Blob> {
  const database = await done(indexedDB.open(name));
  const lines: string[] = [];
  for (const store of database.objectStoreNames) {
    lines.push(JSON.stringify(shapeOf(database.transaction(store).objectStore(store))));
    let after: IDBKeyRange | null = null;
    for (;;) {
      const rows: IDBObjectStore = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([
        done(rows.getAllKeys(after, ROWS_AT_ONCE)),
        done(rows.getAll(after, ROWS_AT_ONCE)),
      ]);
      keys.forEach((key, at) => lines.push(JSON.stringify([key, values[at]], withBytes)));
      if (keys.length < ROWS_AT_ONCE) break;
      after = IDBKeyRange.lowerBound(keys.at(-1), true);
    }
  }
  database.close();
  return new Blob([lines.join('\n')]);
}

export async function loadRows(name: string, dump: Blob): Promise<void> {
  const lines = (await dump.text()).split('\n');
  const shapes = lines.filter((line) => line.startsWith('{')).map((line): StoreShape => JSON.parse(line));
  const opening = indexedDB.open(name, 1);
  opening.addEventListener('upgradeneeded', () => {
    for (const { name, keyPath, indexes } of shapes) {
      const store = opening.result.createObjectStore(name, { keyPath });
      for (const { name, keyPath, unique, multiEntry } of indexes) {
        store.createIndex(name, keyPath, { unique, multiEntry });
      }
    }
  });
  const database = await done(opening);
  let store = '';
  for (let from = 0; from < lines.length; from += ROWS_AT_ONCE) {
    const stores = [...database.objectStoreNames];
    const transaction = database.transaction(stores, 'readwrite', { durability: 'relaxed' });
    for (const line of lines.slice(from, from + ROWS_AT_ONCE)) {
      const row = JSON.parse(line, bytesBack);
      if (Array.isArray(row)) {
        const rows = transaction.objectStore(store);
        rows.put(row[1], rows.keyPath === null ? row[0] : undefined);
      } else store = row.name;
    }
    await complete(transaction);
  }
  database.close();
}

import type { Phase } from './phase.js';

const encoder = new TextEncoder();
const utf8 = (text: string) => encoder.encode(text).byteLength;

/** A value's size: its JSON in UTF-8, and binary values by their length. Maps and Sets count as their entries. */
export function sizeOf(row: unknown): number {
  let binary = 0;
  const json = JSON.stringify(row, (_, value: unknown) => {
    if (value instanceof Blob) binary += value.size;
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) binary += value.byteLength;
    else if (value instanceof Map || value instanceof Set) return [...value];
    else return value;
    return null;
  });
  return utf8(json ?? '') + binary;
}

/** The bytes of all rows that are in all databases of this page, keys that are not in the row included, indexes not. */
export const livingBytes: Phase = async (load) => {
  const variant = await load();
  if (variant.living) {
    await variant.open();
    const { rows, bytes } = await variant.living();
    await variant.close();
    return { rows, livingBytes: bytes, stores: {} };
  }
  let rows = 0;
  let bytes = 0;
  const stores: Record<string, string> = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name!));
    for (const store of database.objectStoreNames) {
      const found = await sizeOfStore(database.transaction(store).objectStore(store));
      rows += found.rows;
      bytes += found.bytes;
      stores[`${name}/${store}`] = `${found.rows} rows, ${found.bytes} bytes`;
    }
    database.close();
  }
  return { rows, livingBytes: bytes, stores };
};

function sizeOfStore(store: IDBObjectStore): Promise<{ rows: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const found = { rows: 0, bytes: 0 };
    const request = store.openCursor();
    request.addEventListener('error', () => reject(request.error!));
    request.addEventListener('success', () => {
      const cursor = request.result;
      if (!cursor) return resolve(found);
      found.rows++;
      found.bytes +=
        sizeOf(cursor.value) + (store.keyPath === null ? utf8(JSON.stringify(cursor.primaryKey)) : 0);
      cursor.continue();
    });
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error!));
  });
}

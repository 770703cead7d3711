/** IndexedDB without the store: what a test needs to look behind it, or to spoil what it wrote. */

export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Opens a database as it is. One that does not exist is an error, and is not created. */
export async function openRaw(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  request.onupgradeneeded = (event) => {
    if (event.oldVersion === 0) request.transaction?.abort();
  };
  return settled(request);
}

/** Runs `work` in a transaction over all object stores, waits until it is complete and lets go of the database. */
export async function withRaw<T>(
  name: string,
  work: (transaction: IDBTransaction) => T | Promise<T>,
): Promise<T> {
  const database = await openRaw(name);
  try {
    const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
    const complete = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await work(transaction);
    await complete;
    return result;
  } finally {
    database.close();
  }
}

/** Changes a stored row into whatever `spoil` makes of it. */
export async function overwriteRow(
  name: string,
  storeName: string,
  key: string,
  spoil: (row: any) => unknown,
): Promise<void> {
  await withRaw(name, async (transaction) => {
    const rows = transaction.objectStore(storeName);
    const row: unknown = await settled(rows.get(key));
    if (row === undefined) throw new Error(`there is no row "${key}" in ${storeName} to spoil`);
    rows.put(spoil(row));
  });
}

/** Everything in a database, by object store; `undefined` if there is no such database. */
export async function dumpDatabase(
  name: string,
): Promise<Record<string, [IDBValidKey, unknown][]> | undefined> {
  if (!(await indexedDB.databases()).some((database) => database.name === name)) return undefined;
  return withRaw(name, async (transaction) => {
    const dump: Record<string, [IDBValidKey, unknown][]> = {};
    for (const storeName of transaction.objectStoreNames) {
      const rows = transaction.objectStore(storeName);
      const [keys, values] = await Promise.all([settled(rows.getAllKeys()), settled(rows.getAll())]);
      dump[storeName] = keys.map((key, index) => [key, values[index]]);
    }
    return dump;
  });
}

/** Puts these rows in place of all that a database has. */
export function putBack(name: string, dump: Record<string, [IDBValidKey, unknown][]>): Promise<void> {
  return withRaw(name, (transaction) => {
    for (const [storeName, rows] of Object.entries(dump)) {
      const store = transaction.objectStore(storeName);
      store.clear();
      for (const [key, row] of rows) store.put(row, store.keyPath ? undefined : key);
    }
  });
}

/** Deletes a database. Connections to it that do not let go are an error. */
export function deleteRaw(name: string): Promise<IDBDatabase> {
  const request = indexedDB.deleteDatabase(name);
  return new Promise((resolve, reject) => {
    request.onblocked = () => reject(new Error(`somebody holds on to the database "${name}"`));
    settled(request).then(resolve, reject);
  });
}

import { localStore, touched } from '../platform/browser.js';

/** Where is noted, outside of IndexedDB, which database there was and how far its clock had come. */
const keyOf = (database: string) => `offshoot:${database}`;

/** Not every context has localStorage, and it may be forbidden or full. */
function inNotes<T>(use: (storage: Storage) => T) {
  const storage = localStore();
  return storage && touched(() => use(storage));
}

/** What is no text, as a page's own storage may have it, cannot be trimmed, and is no note. */
export const noteOf = (database: string) => inNotes((storage) => storage.getItem(keyOf(database))?.trim());

export const putNote = (database: string, note: string) =>
  inNotes((storage) => storage.setItem(keyOf(database), note));

export const removeNote = (database: string) => inNotes((storage) => storage.removeItem(keyOf(database)));

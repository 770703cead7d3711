import { localStore, touched } from '../platform/browser.js';

/** The localStorage key of the note: the epoch and clock of a database. */
const keyOf = (database: string) => `offshoot:${database}`;

/** Some contexts have no localStorage, and it may be forbidden or full. */
function inNotes<T>(use: (storage: Storage) => T) {
  const storage = localStore();
  return storage && touched(() => use(storage));
}

/** Only a string counts as a note: a page may have replaced localStorage by an object that returns other values. */
export const noteOf = (database: string) => inNotes((storage) => storage.getItem(keyOf(database))?.trim());

export const putNote = (database: string, note: string) =>
  inNotes((storage) => storage.setItem(keyOf(database), note));

export const removeNote = (database: string) => inNotes((storage) => storage.removeItem(keyOf(database)));

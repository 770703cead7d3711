import { rise } from './schema.js';

declare global {
  interface Window {
    /** Makes this tab's store that of a newer Offshoot, if it has not been used yet. */
    becomeNewer(): void;
    /** Opens the database as it is, and does not let go of it when asked to. */
    holdDatabase(name: string): Promise<void>;
    letGo(): void;
  }
}

let held: IDBDatabase | undefined;

window.becomeNewer = rise;

window.holdDatabase = (name) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      held = request.result;
      resolve();
    };
  });

window.letGo = () => held?.close();

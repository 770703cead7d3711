import { IndexedDBSessionStore } from 'offshoot';
import { deriveKey } from 'offshoot/encryption';
import { dumpDatabase } from '../../database/raw-database.js';
import { ask } from './ask.js';
import { everything, type Outcomes } from './everything.js';

declare global {
  interface Window {
    everything(name: string, isEncrypted: boolean, options?: { skipping?: string }): Promise<Outcomes>;
    /** The same in the service worker. */
    register(address: string, type: WorkerType): Promise<void>;
    ask: typeof ask;
    dump(name: string): Promise<string>;
  }
}

window.everything = (name, isEncrypted, options) =>
  everything({ IndexedDBSessionStore, deriveKey }, name, isEncrypted, options);
window.register = async (address, type) => {
  await navigator.serviceWorker.register(address, { type });
  await navigator.serviceWorker.ready;
};
window.ask = ask;
window.dump = async (name) =>
  JSON.stringify(await dumpDatabase(name), (_, value: unknown) =>
    value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value,
  );

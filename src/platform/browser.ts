import { SessionStoreError } from '../errors.js';

// The only place that touches browser globals. Each may be missing (servers, insecure pages, old engines), be `null`,
// or throw when it is read or called (blocked storage, opaque origins).

/** The result of `touch`; `undefined` if there is none, or if access throws. */
export function touched<T>(touch: () => T): NonNullable<T> | undefined {
  try {
    return touch() ?? undefined;
  } catch {
    return undefined;
  }
}

/** The same for asynchronous calls. */
async function answered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}

export const browserDatabases = () => touched(requiredDatabases);

/** Throws the browser's own error where there is no IndexedDB. */
export const requiredDatabases = () => indexedDB;

/** Exists wherever IndexedDB does. */
export const keyRanges = () => IDBKeyRange;

export const localStore = () => touched(() => localStorage);

/** `undefined` where there is none, as in Firefox with cookies blocked. */
export const channelNamed = (name: string) => touched(() => new BroadcastChannel(name));

/** Rejects where there are no locks (insecure pages, servers), and where they are refused (opaque origins). */
export const requestLock = async <T>(name: string, options: LockOptions, held: LockGrantedCallback<T>) =>
  navigator.locks.request(name, options, held);

export const queryLocks = async () => navigator.locks.query();

export const persistStorage = () => answered(() => navigator.storage.persist());
export const isStoragePersisted = () => answered(() => navigator.storage.persisted());
export const estimateStorage = () => answered(() => navigator.storage.estimate());

/** The page's window and document, unless this is a worker or a server. */
export const shownPage = () => touched(() => document && { window, document });

/** Neither a page nor a worker: those have `indexedDB`, even where it is refused. */
export function isServer(): boolean {
  try {
    return typeof indexedDB === 'undefined' && !shownPage();
  } catch {
    return false;
  }
}

/** Missing in Safari. */
export const idleCallback = () => touched(() => requestIdleCallback);

/** Reports an error that nobody awaits to the page's global error handler. */
export function report(error: unknown): void {
  const tell = touched(() => reportError);
  if (tell) tell(error);
  else console.error(error);
}

/** Runs an application's callback; its error goes to `reportError` and does not reach the caller. */
export function callSafely<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value);
  } catch (error) {
    report(error);
  }
}

/** The browser's own `structuredClone`. `UNAVAILABLE` where there is none, as in Jest's jsdom. */
export function structured<T>(value: T): T {
  const copy = requireCloning()(value);
  // Chromium cannot read back a DOMException that contains a lone surrogate, though it serializes it.
  if (copy === null && value !== null) throw new DOMException('', 'DataCloneError');
  return copy;
}

export function requireCloning(): typeof structuredClone {
  const clone = touched(() => structuredClone);
  if (clone) return clone;
  throw new SessionStoreError(
    'UNAVAILABLE',
    'there is no structuredClone here: the browser is too old, or jsdom hides it. Set the global structuredClone',
  );
}

export const randomBytes = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

/** WebCrypto. `UNAVAILABLE` where there is none: in insecure pages, and in jsdom. */
export function subtleCrypto(): SubtleCrypto {
  const subtle = touched(() => crypto.subtle);
  if (subtle) return subtle;
  throw new SessionStoreError(
    'UNAVAILABLE',
    'there is no WebCrypto here, which encryption needs. Serve the page over https, or from localhost',
  );
}

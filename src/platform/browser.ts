// The one place where objects of the browser are touched. Each may be missing (servers, insecure pages, old engines),
// `null`, or throw when it is looked at or called (blocked storage, opaque origins).

/** What `touch` gets at; `undefined` if there is nothing, or if it may not be touched. */
export function touched<T>(touch: () => T): NonNullable<T> | undefined {
  try {
    return touch() ?? undefined;
  } catch {
    return undefined;
  }
}

/** The same for what answers later. */
async function answered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}

export const browserDatabases = () => touched(requiredDatabases);

/** Throws what the browser throws where it has none. */
export const requiredDatabases = () => indexedDB;

/** The browser's own ranges of keys; whoever has its databases has them. */
export const keyRanges = () => IDBKeyRange;

export const localStore = () => touched(() => localStorage);

/** `undefined` where nobody else can be told anything, as in Firefox with cookies blocked. */
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

/** Neither a page nor a worker: those know of databases, though they may refuse them. */
export function isServer(): boolean {
  try {
    return typeof indexedDB === 'undefined' && !shownPage();
  } catch {
    return false;
  }
}

/** Safari has none. */
export const idleCallback = () => touched(() => requestIdleCallback);

/** Tells an error that nobody waits for to whoever looks after the page. */
export function report(error: unknown): void {
  const tell = touched(() => reportError);
  if (tell) tell(error);
  else console.error(error);
}

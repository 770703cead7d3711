/** A request, told of when it is about to be made. */
export interface RequestMade {
  method: string;
  /** The object store it goes to, directly or through an index or a cursor. */
  store: string;
  transaction: IDBTransaction;
  writes: boolean;
  /** The request itself, once it is made; moving a cursor makes it anew. */
  request?: IDBRequest;
}

/** May return what to call once the request is made, before anybody else can wait for it. */
type Listener = (request: RequestMade) => unknown;
type Source = IDBObjectStore | IDBIndex | IDBCursor;

const WRITING = ['put', 'add', 'delete', 'clear', 'update'];
const READING = [
  'get',
  'getKey',
  'getAll',
  'getAllKeys',
  'getAllRecords',
  'count',
  'openCursor',
  'openKeyCursor',
];
const MOVING = ['advance', 'continue', 'continuePrimaryKey'];

const listeners = new Set<Listener>();

function objectStoreOf(source: Source): IDBObjectStore {
  if (source instanceof IDBObjectStore) return source;
  return source instanceof IDBIndex ? source.objectStore : objectStoreOf(source.source);
}

function tap(prototype: Source): void {
  const methods = prototype as unknown as Record<string, unknown>;
  for (const method of [...WRITING, ...READING, ...MOVING]) {
    if (!Object.hasOwn(prototype, method)) continue;
    const original = methods[method] as (...args: unknown[]) => unknown;
    methods[method] = function (this: Source, ...args: unknown[]) {
      const { name: store, transaction } = objectStoreOf(this);
      const made: RequestMade = { method, store, transaction, writes: WRITING.includes(method) };
      const afterwards = [...listeners].map((listener) => listener(made));
      const request = original.apply(this, args);
      if (request instanceof IDBRequest) made.request = request;
      const pending = made.request ?? (this as IDBCursor).request;
      for (const each of afterwards) if (typeof each === 'function') each(pending);
      return request;
    };
  }
}

// Once and for good: idb remembers the cursor's methods when it is first used, and treats others differently.
for (const { prototype } of [IDBObjectStore, IDBIndex, IDBCursor]) tap(prototype);

/** Calls the listener for every request made while `action` runs. What the listener throws, the request throws. */
export async function observingRequests<T>(listener: Listener, action: () => Promise<T>): Promise<T> {
  listeners.add(listener);
  try {
    return await action();
  } finally {
    listeners.delete(listener);
  }
}

/**
 * The requests that an action makes, in order. Without what belongs to opening the database: making it, and the look
 * at it for which nobody waits, so that it comes at any time. It alone asks for one object store.
 */
export async function requestsOf(action: () => Promise<unknown>): Promise<RequestMade[]> {
  const made: RequestMade[] = [];
  await observingRequests((request) => made.push(request), action);
  return made.filter(
    ({ transaction: { mode, objectStoreNames } }) => mode !== 'versionchange' && objectStoreNames.length > 1,
  );
}

import { observingRequests } from '../database/observe-requests.js';
import { abortAtCommit } from './inject-faults.js';

/** What can go wrong with a request: called once it is made, before anybody waits for it; or instead of making it. */
export interface RequestFault {
  title: string;
  /** Throws instead of making the request. */
  instead?: () => never;
  strike?: (request: IDBRequest, transaction: IDBTransaction) => void;
  /** Nobody is ever answered, so time has to pass. */
  hangs?: boolean;
  /** What the caller is told, if the fault is not overcome. */
  status: string;
  /** Whether doing it again on a new connection is worth a try. */
  isReplayed: boolean;
}

const setError = (target: IDBRequest | IDBTransaction, error: DOMException) =>
  // The simulated one assigns its own.
  Object.defineProperty(target, 'error', { get: () => error, set: () => {}, configurable: true });

/** Those whose end nobody hears of but these. */
const silent = new WeakMap<IDBTransaction, () => void>();

/** The browser ends the connection, as Chromium does when it deletes a site's data: it says nothing of transactions. */
function endConnection(transaction: IDBTransaction): void {
  silent.set(transaction, () => {});
  const { db } = transaction;
  try {
    transaction.abort();
  } catch {
    // It has ended.
  }
  db.close();
  db.dispatchEvent(new IDBVersionChangeEvent('close'));
}

/** While `action` runs, transactions can be made silent; `begun` is called for each, before anybody listens to it. */
async function silencing<T>(
  begun: (transaction: IDBTransaction) => void,
  action: () => Promise<T>,
): Promise<T> {
  const { prototype } = IDBDatabase;
  const original = prototype.transaction;
  prototype.transaction = function (...args) {
    const transaction = original.apply(this, args);
    for (const type of ['complete', 'abort']) {
      transaction.addEventListener(type, (event) => {
        const end = silent.get(transaction);
        if (!end) return;
        event.stopImmediatePropagation();
        end();
      });
    }
    begun(transaction);
    return transaction;
  };
  try {
    return await action();
  } finally {
    prototype.transaction = original;
  }
}

/** While `action` runs, the connection is lost with the `nth` request, which nobody is answered. */
export function withLostRequest<T>(nth: number, action: () => Promise<T>): Promise<T> {
  const fault: RequestFault = {
    title: '',
    status: '',
    isReplayed: true,
    strike: (request, transaction) => intercept(request, transaction, () => endConnection(transaction)),
  };
  return silencing(
    () => {},
    () => withRequestFault(nth, fault, false, action),
  );
}

/** While `action` runs, the connection is lost with the `nth` transaction that writes; `done`: that has committed. */
export function withLostCommit<T>(nth: number, done: boolean, action: () => Promise<T>): Promise<T> {
  let writing = 0;
  return silencing((transaction) => {
    if (transaction.mode !== 'readwrite' || ++writing !== nth) return;
    silent.set(transaction, () => endConnection(transaction));
    if (!done) void abortAtCommit(transaction);
  }, action);
}

/** Takes the answer away from those who wait for it; `then` is called when it would have come. */
function intercept(request: IDBRequest, transaction: IDBTransaction, then: (tell: () => void) => void): void {
  const listen = request.addEventListener.bind(request);
  const failed: (() => void)[] = [];
  Object.defineProperty(request, 'addEventListener', {
    configurable: true,
    value: (type: string, listener: () => void) => {
      if (type === 'error') failed.push(listener);
    },
  });
  // It may be asked to commit while this request, which nobody waits for, is under way.
  Object.defineProperty(transaction, 'commit', { value: () => {}, configurable: true });
  const tell = () => failed.forEach((listener) => listener());
  listen('success', () => then(tell), { once: true });
  // Another one may have been first.
  listen('error', tell, { once: true });
}

/** Requests that keep a transaction from ending are none of the application's. */
let isOurs = false;

function keepAlive(transaction: IDBTransaction): void {
  isOurs = true;
  const request = transaction.objectStore(transaction.objectStoreNames[0]!).count();
  isOurs = false;
  request.onsuccess = () => keepAlive(transaction);
}

const failing = (name: string, status: string, isReplayed: boolean): RequestFault => ({
  title: `fails with ${name}`,
  status,
  isReplayed,
  strike: (request, transaction) => {
    const error = new DOMException('injected', name);
    setError(request, error);
    intercept(request, transaction, (tell) => {
      setError(transaction, error);
      tell();
      transaction.abort();
    });
  },
});

export const REQUEST_FAULTS: RequestFault[] = [
  failing('UnknownError', 'UNAVAILABLE', true),
  failing('QuotaExceededError', 'RESOURCE_EXHAUSTED', false),
  failing('DataError', 'INTERNAL', false),
  {
    title: 'throws',
    status: 'INTERNAL',
    isReplayed: false,
    instead: () => {
      throw new DOMException('injected', 'DataError');
    },
  },
  {
    title: 'falls with its transaction',
    status: 'ABORTED',
    isReplayed: true,
    strike: (request, transaction) => {
      setError(request, new DOMException('injected', 'AbortError'));
      intercept(request, transaction, (tell) => {
        tell();
        transaction.abort();
      });
    },
  },
  {
    title: 'falls with the connection',
    status: 'UNAVAILABLE',
    isReplayed: true,
    strike: (request, transaction) => {
      const error = new DOMException('Connection to Indexed Database server lost.', 'UnknownError');
      setError(request, error);
      intercept(request, transaction, (tell) => {
        transaction.db.close();
        setError(transaction, error);
        tell();
        transaction.abort();
      });
    },
  },
  {
    title: 'is never answered',
    status: 'UNAVAILABLE',
    isReplayed: false,
    hangs: true,
    strike: (request, transaction) => intercept(request, transaction, () => keepAlive(transaction)),
  },
];

/** While `action` runs, the `nth` request suffers the fault; with `always`, all after it do, too. */
export async function withRequestFault<T>(
  nth: number,
  fault: RequestFault,
  always: boolean,
  action: () => Promise<T>,
): Promise<T> {
  let made = 0;
  const result = await observingRequests(({ transaction }) => {
    if (isOurs) return undefined;
    made++;
    if (made < nth || (made > nth && !always)) return undefined;
    fault.instead?.();
    return (request: IDBRequest) => fault.strike?.(request, transaction);
  }, action);
  if (made < nth) throw new Error(`there was no request ${nth}, but ${made} of them`);
  return result;
}

/** While `action` runs, nobody hears that the `nth` transaction that writes has ended; `done`: it has, all the same. */
export async function withSilentCommit<T>(nth: number, done: boolean, action: () => Promise<T>): Promise<T> {
  const { prototype } = IDBDatabase;
  const original = prototype.transaction;
  let begun = 0;
  prototype.transaction = function (...args) {
    const transaction = original.apply(this, args);
    if (transaction.mode !== 'readwrite' || ++begun !== nth) return transaction;
    if (done) {
      const listen = transaction.addEventListener.bind(transaction);
      Object.defineProperty(transaction, 'addEventListener', {
        value: (type: string, listener: () => void) => type !== 'complete' && listen(type, listener),
      });
    } else {
      Object.defineProperty(transaction, 'commit', { value: () => {} });
      keepAlive(transaction);
    }
    return transaction;
  };
  try {
    return await action();
  } finally {
    prototype.transaction = original;
  }
}

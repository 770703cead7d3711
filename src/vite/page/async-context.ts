type Context = ReadonlyMap<string, unknown>;
type Callback = (...args: never[]) => unknown;

const ROOT: Context = new Map();
let current = ROOT;

function within<R>(context: Context, work: () => R): R {
  const before = current;
  current = context;
  try {
    return work();
  } finally {
    current = before;
  }
}

/** The callback, bound to the context of whoever passes it on. */
function bound<T>(callback: T): T {
  if (current === ROOT || typeof callback !== 'function') return callback;
  const context = current;
  const inContext = function (this: unknown, ...args: never[]) {
    return within(context, () => (callback as Callback).apply(this, args));
  };
  return inContext as T;
}

/**
 * What `AsyncLocalStorage` is in Node, and pages lack: values that the code of an action finds again after an `await`.
 * Works for code whose `async` functions the plugin has lowered to generators, since native ones call no `then`.
 */
export const asyncContext = {
  getStore: <T>(key: string): T | undefined => current.get(key) as T | undefined,
  run: <T, R>(key: string, store: T, callback: () => R): R =>
    within(new Map(current).set(key, store), callback),
};

/** Carries the context over promises and timers. */
export function followPromises(): void {
  // The callbacks are all that they take, or come first.
  const binding = (owner: object, name: string, callbacks: number) => {
    const original = Reflect.get(owner, name) as Callback;
    Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
      return original.apply(this, args.map((arg, at) => (at < callbacks ? bound(arg) : arg)) as never[]);
    });
  };
  binding(Promise.prototype, 'then', 2);
  for (const name of ['setTimeout', 'setInterval', 'queueMicrotask']) binding(globalThis, name, 1);
}

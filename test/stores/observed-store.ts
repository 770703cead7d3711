import type { IndexedDBSessionStore } from '../../src/index.js';

/** Long enough for whatever should not have happened. */
export const rest = () => new Promise((resolve) => setTimeout(resolve, 30));

type Store = IndexedDBSessionStore<any>;

/** A store that counts what is asked of it, and can be made to answer late, or to refuse. */
export function observed(store: Store) {
  const calls: Record<string, number> = {};
  /** What happens between an answer and its being given; it may throw. */
  const before: Record<string, (() => unknown) | undefined> = {};
  const open = new Set<object>();
  const get = (target: Store, name: string) => {
    const method = Reflect.get(target, name, target) as (...args: unknown[]) => unknown;
    // Frameworks ask whether it is one of their own objects.
    if (typeof method !== 'function') return method;
    return (...args: unknown[]) => {
      calls[name] = (calls[name] ?? 0) + 1;
      const result = method.apply(target, args);
      if (!name.startsWith('on')) return (result as Promise<unknown>).finally(() => before[name]?.());
      const watcher = {};
      open.add(watcher);
      return () => {
        open.delete(watcher);
        (result as () => void)();
      };
    };
  };
  const proxy = new Proxy(store, { get: (target, name) => get(target, name as string) });
  return { store: proxy, calls, before, watchers: () => open.size };
}

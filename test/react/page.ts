import { createElement, Fragment, useEffect, type ReactNode } from 'react';
import { afterEach, beforeEach, expect, onTestFinished, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { eventually } from '../assertions/eventually.js';

/** Whatever draws where the tests run. */
export interface Root {
  render(element: ReactNode): void;
  unmount(): void;
}

export type MakeRoot = () => Root;

/** Long enough for whatever should not have happened. */
export const rest = () => new Promise((resolve) => setTimeout(resolve, 30));

/** Shows a component that uses a hook. `around` is what it is rendered in. */
export function show<T>(
  makeRoot: MakeRoot,
  useHook: () => T,
  around: (element: ReactNode) => ReactNode = (element) => createElement(Fragment, {}, element),
) {
  const renders: T[] = [];
  let use = useHook;
  let isMounted = false;
  function Probe() {
    renders.push(use());
    useEffect(() => {
      isMounted = true;
      return () => void (isMounted = false);
    }, []);
    return null;
  }
  const root = makeRoot();
  const render = () => root.render(around(createElement(Probe)));
  onTestFinished(() => root.unmount());
  render();
  return {
    renders,
    render,
    get latest() {
      return renders.at(-1)!;
    },
    /** Renders it again, with another hook of the same kind. */
    use(next: () => T) {
      use = next;
      render();
    },
    shows: (condition: (value: T) => unknown, what: string) =>
      eventually(() => renders.length > 0 && condition(renders.at(-1)!), what),
    async unmount() {
      await eventually(() => isMounted, 'it is mounted');
      root.unmount();
      await eventually(() => !isMounted, 'it is unmounted');
    },
  };
}

type Store = IndexedDBSessionStore<any>;

/** A store that counts what is asked of it, and can be made to answer late, or to refuse. */
export function observed(store: Store) {
  const calls: Record<string, number> = {};
  /** What happens between an answer and its being given; it may throw. */
  const before: Record<string, (() => unknown) | undefined> = {};
  const open = new Set<object>();
  const get = (target: Store, name: string) => {
    const method = Reflect.get(target, name, target) as (...args: unknown[]) => unknown;
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

/** React tells what it does not like by `console.error`. */
export function expectNoComplaints(): void {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => {
    const complaints = vi.mocked(console.error).mock.calls.filter(([text]) => !isDeprecation(text));
    vi.restoreAllMocks();
    vi.useRealTimers();
    expect(complaints).toEqual([]);
  });
}

const isDeprecation = (text: unknown) => String(text).startsWith('react-test-renderer is deprecated');

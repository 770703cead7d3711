import { createElement, Fragment, useEffect, type ReactNode } from 'react';
import { afterEach, beforeEach, expect, onTestFinished, vi } from 'vitest';
import { eventually } from '../assertions/eventually.js';

export { observed, rest } from '../stores/observed-store.js';

/** Whatever draws where the tests run. */
export interface Root {
  render(element: ReactNode): void;
  unmount(): void;
}

export type MakeRoot = () => Root;

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

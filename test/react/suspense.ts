import {
  Component,
  createElement,
  startTransition,
  StrictMode,
  Suspense,
  useEffect,
  type ReactNode,
} from 'react';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SessionStoreError } from '../../src/index.js';
import { suspend, useSession } from '../../src/react/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { observed, rest, show, type MakeRoot } from './page.js';

class Boundary extends Component<{ children: ReactNode; fallback: (error: unknown) => ReactNode }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError = (error: unknown) => ({ error });
  override render() {
    return this.state.error === undefined ? this.props.children : this.props.fallback(this.state.error);
  }
}

/** A page that shows one session within `<Suspense>` and an error boundary; `seen` is what was drawn, in order. */
async function suspending(makeRoot: MakeRoot) {
  const name = freshName();
  const there = openStore({ name });
  await save(there, 'a', turn(1));
  await save(there, 'b', turn(1, { sessionId: 'other' }));
  const { store, ...spied } = observed(openStore({ name }));
  const seen: string[] = [];
  let isFallback = false;
  function Drawn({ text }: { text: string }) {
    useEffect(() => void seen.push(text), [text]);
    return null;
  }
  function Fallback() {
    useEffect(() => {
      isFallback = true;
      return () => void (isFallback = false);
    }, []);
    return createElement(Drawn, { text: '…' });
  }
  function Session({ id }: { id: string }) {
    const { leaves } = suspend(useSession(store, id));
    return createElement(Drawn, { text: leaves.map(({ snapshotId }) => snapshotId).join(' ') });
  }
  const root = makeRoot();
  onTestFinished(() => root.unmount());
  let attempt = 0;
  const render = (id: string, ...beside: ReactNode[]) =>
    root.render(
      createElement(
        StrictMode,
        {},
        createElement(
          Boundary,
          {
            key: attempt,
            fallback: (error) => createElement(Drawn, { text: String(error) }),
            children: null,
          },
          createElement(
            Suspense,
            { fallback: createElement(Fallback) },
            createElement(Session, { id }),
            ...beside,
          ),
        ),
      ),
    );
  return {
    ...spied,
    store,
    there,
    root,
    seen,
    render,
    retry: (id: string) => {
      attempt++;
      render(id);
    },
    isFallback: () => isFallback,
    drew: (text: string) => eventually(() => seen.at(-1) === text, `${text} is drawn`),
  };
}

/** Run in Node and in Chromium. */
export function describeSuspense(makeRoot: MakeRoot): void {
  describe('suspend', () => {
    it('shows the fallback until there is something, and what changes from then on', async () => {
      const { seen, render, drew, there, isFallback, calls } = await suspending(makeRoot);
      render('s');
      await drew('a');
      expect([...new Set(seen)]).toEqual(['…', 'a']);
      expect(isFallback()).toBe(false);
      expect(calls).toMatchObject({ getTree: 1, onSessionChange: 1 });
      await save(there, 'c', turn(2, { parentId: 'a' }));
      await drew('c');
    });

    it('leaves the old session on the screen while a transition to another waits', async () => {
      const { seen, render, drew, before } = await suspending(makeRoot);
      render('s');
      await drew('a');
      before['getTree'] = rest;
      startTransition(() => render('other'));
      await drew('b');
      expect(seen.slice(seen.indexOf('a'))).not.toContain('…');
    });

    it('gives errors to the boundary, and asks anew when that tries again', async () => {
      const { render, retry, drew, before, calls } = await suspending(makeRoot);
      before['getTree'] = () => {
        throw new SessionStoreError('UNAVAILABLE', 'the database does not answer');
      };
      render('s');
      await drew('SessionStoreError: UNAVAILABLE: the database does not answer');
      await rest();
      expect(calls['getTree']).toBeLessThanOrEqual(2);
      before['getTree'] = undefined;
      retry('s');
      await drew('a');
      // React reports what a boundary catches.
      vi.mocked(console.error).mockClear();
    });

    it('draws what there is when a reload fails', async () => {
      const { store, seen, render, drew, before } = await suspending(makeRoot);
      render('s');
      const session = show(makeRoot, () => useSession(store, 's'));
      await drew('a');
      await session.shows(({ status }) => status === 'ready', 'the session');
      before['getTree'] = () => {
        throw new SessionStoreError('UNAVAILABLE', 'the database does not answer');
      };
      session.latest.reload();
      await session.shows(({ status }) => status === 'error', 'the failure');
      expect(seen.at(-1)).toBe('a');
    });

    it('waits on when another component that asked the same is gone before the answer', async () => {
      const { store, render, drew, before, isFallback } = await suspending(makeRoot);
      let answer: (() => void) | undefined;
      before['getTree'] = () => new Promise<void>((resolve) => (answer = resolve));
      const other = show(makeRoot, () => useSession(store, 's'));
      render('s');
      await eventually(() => isFallback() && answer, 'it waits');
      await other.unmount();
      await rest();
      before['getTree'] = undefined;
      answer!();
      await drew('a');
    });

    it('leaves no watcher of a component that is never mounted', async () => {
      const { render, watchers, isFallback, calls } = await suspending(makeRoot);
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const never = new Promise<never>(() => {});
      function Never(): ReactNode {
        throw never;
      }
      render('s', createElement(Never));
      await eventually(() => isFallback() && calls['getTree'], 'it waits');
      await eventually(() => watchers() === 1, 'the session is watched');
      await eventually(() => {
        vi.advanceTimersByTime(1_000);
        return watchers() === 0;
      }, 'nobody watches');
    });
  });
}

import {
  createElement,
  Fragment,
  startTransition,
  StrictMode,
  useLayoutEffect,
  useState,
  type ReactNode,
} from 'react';
import { describe, expect, it } from 'vitest';
import {
  SessionStoreProvider,
  useSession,
  useSessions,
  useSessionStore,
  useSnapshot,
} from '../../src/react/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { observed, rest, show, type MakeRoot } from './page.js';

const strictly = (element: ReactNode) => createElement(StrictMode, {}, element);

async function observedStore() {
  const name = freshName();
  const there = openStore({ name });
  await save(there, 'a', turn(1));
  return { ...observed(openStore({ name })), there };
}

type Store = Awaited<ReturnType<typeof observedStore>>['store'];

const useAll = (store: Store) => [
  useSessions(store),
  useSession(store, 's'),
  useSnapshot(store, { snapshotId: 'a' }),
  useSnapshot(store, { sessionId: 's' }),
];
const areReady = (results: ReturnType<typeof useAll>) => results.every(({ status }) => status === 'ready');

/** What one page with these hooks asks of a store. */
async function callsOf(makeRoot: MakeRoot, around?: (element: ReactNode) => ReactNode) {
  const { store, calls } = await observedStore();
  const all = show(makeRoot, () => useAll(store), around);
  await all.shows(areReady, 'all');
  await rest();
  return { ...calls };
}

/** Run in Node and in Chromium. */
export function describeSharing(makeRoot: MakeRoot): void {
  describe('what components share', () => {
    it('is read and watched once, however many ask', async () => {
      const once = await callsOf(makeRoot);
      expect(once).toMatchObject({ listSessions: 1, getTree: 1, onSessionsChange: 1 });
      const { store, calls, watchers } = await observedStore();
      const several = [1, 2, 3].map(() => show(makeRoot, () => useAll(store)));
      for (const each of several) await each.shows(areReady, 'all');
      await rest();
      expect(calls).toEqual(once);

      const [first, ...others] = several;
      expect(others.map(({ latest }) => latest.map(({ data }) => data))).toEqual(
        others.map(() => first!.latest.map(({ data }) => data)),
      );
      const watching = watchers();
      for (const each of others) await each.unmount();
      await rest();
      expect(watchers()).toBe(watching);
    });

    it('is read once in Strict Mode too', async () => {
      expect(await callsOf(makeRoot, strictly)).toEqual(await callsOf(makeRoot));
    });

    it.each([
      ['', undefined],
      [' in Strict Mode', strictly],
    ])('is watched by nobody once all are unmounted%s', async (_, around) => {
      const { store, watchers, there } = await observedStore();
      const all = show(makeRoot, () => useAll(store), around);
      await all.shows(areReady, 'all');
      expect(watchers()).toBeGreaterThan(0);
      await all.unmount();
      await rest();
      expect(watchers()).toBe(0);
      const { length } = all.renders;
      await there.updateSession('s', { title: 'Lisbon' });
      await rest();
      expect(all.renders).toHaveLength(length);
    });

    it('is watched by nobody if they are unmounted before there is an answer', async () => {
      const { store, watchers, before } = await observedStore();
      for (const method of ['listSessions', 'getTree', 'getSnapshot']) before[method] = rest;
      const all = show(makeRoot, () => useAll(store), strictly);
      await all.unmount();
      await rest();
      expect(watchers()).toBe(0);
      await rest();
      expect(watchers()).toBe(0);
    });

    it('is read anew when they come back, and up to date then', async () => {
      const { store, there } = await observedStore();
      const before = show(makeRoot, () => useSession(store, 's'));
      await before.shows(({ status }) => status === 'ready', 'the session');
      await before.unmount();
      await rest();
      await there.updateSession('s', { title: 'Lisbon' });
      const after = show(makeRoot, () => useSession(store, 's'));
      await after.shows(({ data }) => data?.session?.title === 'Lisbon', 'the title');
      expect(after.renders[0]!.status).toBe('pending');
    });

    it('is the same after a component moved to another id and back', async () => {
      const { store, watchers } = await observedStore();
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows(({ data }) => data?.session, 'one');
      const watching = watchers();
      for (const id of ['other', 's', 'other', 's']) {
        session.use(() => useSession(store, id));
        await session.shows(({ data }) => data?.sessionId === id, id);
      }
      await rest();
      expect(watchers()).toBe(watching);
    });

    it('does not loop over options that are new objects each time', async () => {
      const { store } = await observedStore();
      const context = () => ({ auth: { uid: 'ada', roles: ['owner'] } });
      const all = show(makeRoot, () => [
        useSessions(store, { context: context() }),
        useSession(store, 's', { context: context() }),
        useSnapshot(store, { snapshotId: 'a', context: context() }),
      ]);
      await all.shows((results) => results.every(({ status }) => status === 'ready'), 'all');
      await rest();
      expect(all.renders.length).toBeLessThanOrEqual(4);
    });

    it('comes from the provider above, and from nowhere else', async () => {
      const { store } = await observedStore();
      const provided = show(
        makeRoot,
        () => useSession(useSessionStore(), 's'),
        (element) => createElement(SessionStoreProvider, { store, children: element }),
      );
      await provided.shows(({ data }) => data?.session, 'the session');
      let refusal: unknown;
      show(makeRoot, () => {
        try {
          return useSessionStore();
        } catch (error) {
          refusal = error;
          return undefined;
        }
      });
      await eventually(() => refusal, 'the refusal');
      expect(String(refusal)).toContain('SessionStoreProvider');
    });
  });

  describe('what is drawn at once', () => {
    it('is of one moment, even if the store changes while a transition is rendered', async () => {
      const { store, there } = await observedStore();
      const onScreen: unknown[] = [];
      const moments: unknown[][] = [];
      let isNoted = false;
      function Row({ n }: { n: number; turn: number }) {
        const { data } = useSession(store, 's');
        // Slow enough for React to let others in between rows.
        const end = performance.now() + 4;
        while (performance.now() < end);
        useLayoutEffect(() => {
          onScreen[n] = data;
          if (isNoted) return;
          isNoted = true;
          queueMicrotask(() => {
            isNoted = false;
            moments.push([...onScreen]);
          });
        });
        return null;
      }
      let next!: (turn: number) => void;
      function Rows() {
        const [turn, setTurn] = useState(0);
        next = setTurn;
        return createElement(
          Fragment,
          {},
          Array.from({ length: 10 }, (_, n) => createElement(Row, { key: n, n, turn })),
        );
      }
      const page = show(
        makeRoot,
        () => undefined,
        (element) => createElement(Fragment, {}, element, createElement(Rows)),
      );
      const title = () => (onScreen[0] as ReturnType<typeof useSession>['data'])?.session?.title;
      await eventually(() => onScreen[0], 'the session');
      for (let turn = 1; turn <= 5; turn++) {
        startTransition(() => next(turn));
        await new Promise((resolve) => setTimeout(resolve, 6));
        await there.updateSession('s', { title: `${turn}` });
        await eventually(() => title() === `${turn}`, 'the title');
      }
      await page.unmount();
      expect(moments.length).toBeGreaterThan(5);
      for (const moment of moments) expect(new Set(moment).size).toBe(1);
    });
  });
}

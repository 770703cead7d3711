import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore, ListSessionsOptions } from '../../src/index.js';
import { useSessions } from '../../src/react/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { show } from './page.js';
import { makeRoot } from './test-root.js';

type Store = IndexedDBSessionStore<any>;
type List = ReturnType<typeof useSessions>;

/** Few sessions and few seconds, so that they meet: equal times, deletions of what was just saved. */
const sessionId = fc.integer({ min: 1, max: 7 }).map((n) => `s${n}`);
const second = fc.integer({ min: 1, max: 4 });

const onStore = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('save' as const), sessionId, second }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('title' as const), sessionId, second }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pin' as const), sessionId, pinned: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), sessionId }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
);
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('write' as const), tab: fc.nat({ max: 1 }), onStore }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'more' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reload' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'wait' as const }) },
);

const numRuns = Number(process.env['FC_RUNS'] ?? 100);
// Far beyond what the runs take: a timeout would hide the counterexample.
const timeout = 60_000 + numRuns * 1_000;

const indexed = ['pinned'];

let saves = 0;

async function write(store: Store, what: typeof onStore extends fc.Arbitrary<infer T> ? T : never) {
  if (what.kind === 'clear') return store.clear();
  const { sessionId } = what;
  if (what.kind === 'save') return save(store, `${saves++}`, turn(what.second, { sessionId }));
  if (what.kind === 'delete') return store.deleteSession(sessionId);
  if (what.kind === 'pin') {
    const metadata = { pinned: what.pinned };
    return store.updateSession(sessionId, { metadata }).catch(() => {});
  }
  // It may not be there.
  return store.updateSession(sessionId, { title: `${what.second}` }).catch(() => {});
}

/** What is shown is the beginning of what the store lists, and there may be more only if it says so. */
async function expectShown(store: Store, asked: ListSessionsOptions, latest: () => List) {
  await vi.waitFor(
    async () => {
      const { sessions } = await store.listSessions({ limit: 1000, ...asked });
      const { data, status } = latest();
      expect(status).toBe('ready');
      expect(data!.sessions).toEqual(sessions.slice(0, data!.sessions.length));
      expect(data!.hasMore || data!.sessions.length === sessions.length).toBe(true);
    },
    { timeout: 10_000, interval: 2 },
  );
}

test('whatever two tabs do, the list is the beginning of what the store lists', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        order: fc.constantFrom('asc' as const, 'desc' as const),
        where: fc.constantFrom(undefined, { pinned: true }),
      }),
      fc.array(action, { maxLength: 30 }),
      async (asked, actions) => {
        const name = freshName();
        const tabs = [openStore({ name, indexed }), openStore({ name, indexed })];
        const list = show(makeRoot, () => useSessions(tabs[0]!, { ...asked, pageSize: 2 }));
        const writes: Promise<unknown>[] = [];
        for (const action of actions) {
          if (action.kind === 'write') writes.push(write(tabs[action.tab]!, action.onStore));
          else if (action.kind === 'more') list.latest?.loadMore();
          else if (action.kind === 'reload') list.latest?.reload();
          else await new Promise((resolve) => setTimeout(resolve));
        }
        await Promise.all(writes);
        await expectShown(tabs[0]!, asked, () => list.latest);
        while (list.latest.data!.hasMore) {
          const { data } = list.latest;
          list.latest.loadMore();
          await list.shows((now) => now.data !== data, 'another page');
          await expectShown(tabs[0]!, asked, () => list.latest);
        }
        await list.unmount();
        await Promise.all(tabs.map((tab) => tab.close()));
      },
    ),
    { numRuns },
  );
});

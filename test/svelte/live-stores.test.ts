import { IDBFactory } from 'fake-indexeddb';
import { derived, get } from 'svelte/store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { liveSession, liveSessions, liveSnapshot } from '../../src/svelte/index.js';
import { eventually } from '../assertions/eventually.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { rest } from '../stores/observed-store.js';
import { told, twoTabs } from './two-tabs.js';

// All that Svelte 4 has, too.

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  vi.stubGlobal('navigator', { locks: new TestLockManager() });
});
afterEach(() => void vi.unstubAllGlobals());

describe('what is shown', () => {
  test('is told at once, and again whenever any tab changes it', async () => {
    const { store, there } = await twoTabs();
    const list = told(liveSessions(store));
    const session = told(liveSession(store, 's'));
    const snapshot = told(liveSnapshot(store, { sessionId: 's' }));
    expect([list, session, snapshot].map(({ latest }) => latest.status)).toEqual(Array(3).fill('pending'));
    await eventually(() => list.latest.status === 'ready', 'the sessions');
    await eventually(() => session.latest.status === 'ready', 'the session');
    await eventually(() => snapshot.latest.status === 'ready', 'the snapshot');
    expect(list.latest.data!.sessions.map(({ sessionId }) => sessionId)).toEqual(['other', 's']);
    expect(session.latest.data!.head!.snapshotId).toBe('b');
    expect(snapshot.latest.data!.state!.messages).toEqual([message('turn 2')]);

    await save(there, 'c', turn(4, { parentId: 'b' }));
    await eventually(() => list.latest.data!.sessions[0]!.sessionId === 's', 'the order');
    await eventually(() => session.latest.data!.head!.snapshotId === 'c', 'the head');
    await eventually(() => snapshot.latest.data!.snapshotId === 'c', 'the latest');
  });

  test('is told to each subscriber once per change', async () => {
    const { store, there } = await twoTabs();
    const session = told(liveSession(store, 's'));
    await eventually(() => session.latest.status === 'ready', 'the session');
    await there.updateSession('other', { title: 'Oslo' });
    session.latest.reload();
    await rest();
    await there.updateSession('s', { title: 'Lisbon' });
    await eventually(() => session.latest.data!.session!.title === 'Lisbon', 'the title');
    expect(session.results.map(({ status }) => status)).toEqual(['pending', 'ready', 'ready']);
  });

  test('comes page by page', async () => {
    const { store } = await twoTabs();
    const live = liveSessions(store, { pageSize: 1 });
    live.loadMore();
    const list = told(live);
    await eventually(() => list.latest.status === 'ready', 'a page');
    expect(list.latest.data).toMatchObject({ sessions: [{ sessionId: 'other' }], hasMore: true });
    live.loadMore();
    await eventually(() => list.latest.data!.sessions.length === 2, 'the next page');
  });

  test('is read and watched once by all who ask the same, and by nobody once all have left', async () => {
    const { store, calls, watchers } = await twoTabs();
    const live = liveSession(store, 's');
    const several = [live, live, liveSession(store, 's')].map((each) => told(each));
    for (const each of several) await eventually(() => each.latest.status === 'ready', 'each');
    expect(calls['getTree']).toBe(1);
    expect(new Set(several.map(({ latest }) => latest)).size).toBe(1);
    for (const { end } of several) end();
    await rest();
    expect(watchers()).toBe(0);
  });

  test('is read anew when somebody subscribes again, and up to date then', async () => {
    const { store, there } = await twoTabs();
    const live = liveSession(store, 's');
    const before = told(live);
    await eventually(() => before.latest.status === 'ready', 'the session');
    before.end();
    await rest();
    await there.updateSession('s', { title: 'Lisbon' });
    const after = told(live);
    await eventually(() => after.latest.data?.session?.title === 'Lisbon', 'the title');
    expect(after.results[0]!.status).toBe('pending');
    expect(before.results.at(-1)!.data!.session!.title).toBeUndefined();
  });

  test('goes with the stores of Svelte', async () => {
    const { store } = await twoTabs();
    const title = derived(liveSession(store, 's'), ({ data }) => data?.leaves.length ?? 0);
    const leaves = told({ subscribe: (run: (leaves: number) => void) => title.subscribe(run) });
    await eventually(() => leaves.latest === 1, 'the leaf');
    expect(get(liveSession(store, 's')).status).toBe('ready');
  });
});

describe('errors', () => {
  test('of wrong arguments are values, with the path', async () => {
    const { store } = await twoTabs();
    const wrong = [
      told(liveSession(store, ' ')),
      told(liveSnapshot(store, {})),
      told(liveSessions(store, { pagesize: 5 } as never)),
    ];
    for (const each of wrong) {
      await eventually(() => each.latest.status === 'error', 'the refusal');
      expect(each.latest.error!.status).toBe('INVALID_ARGUMENT');
    }
    expect(wrong[2]!.latest.error!.path).toBe('options.pagesize');
  });

  test('keep what was shown, until a reload finds the store well again', async () => {
    const { store, before } = await twoTabs();
    const session = told(liveSession(store, 's'));
    await eventually(() => session.latest.status === 'ready', 'the session');
    const shown = session.latest.data;
    before['getTree'] = () => {
      throw new Error('gone');
    };
    session.latest.reload();
    await eventually(() => session.latest.status === 'error', 'the failure');
    expect(session.latest).toMatchObject({ data: shown, error: { status: 'INTERNAL' } });
    before['getTree'] = undefined;
    session.latest.reload();
    await eventually(() => session.latest.status === 'ready', 'the recovery');
  });

  test('a store that is none is refused at once', () => {
    expect(() => liveSession(undefined as never, 's')).toThrow(
      expect.objectContaining({ status: 'INVALID_ARGUMENT', path: 'store' }) as Error,
    );
  });
});

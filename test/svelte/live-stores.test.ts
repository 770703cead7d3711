import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IDBFactory } from 'fake-indexeddb';
import { compile, compileModule, type CompileResult } from 'svelte/compiler';
import { render } from 'svelte/server';
import { derived, get } from 'svelte/store';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import * as binding from '../../src/svelte/index.js';
import { eventually } from '../assertions/eventually.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { observed, rest } from '../stores/observed-store.js';
import { freshName, openStore } from '../stores/open-store.js';

const { liveSession, liveSessions, liveSnapshot } = binding;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  vi.stubGlobal('navigator', { locks: new TestLockManager() });
});
afterEach(() => void vi.unstubAllGlobals());

async function twoTabs() {
  const name = freshName();
  const there = openStore({ name });
  await save(there, 'a', turn(1));
  await save(there, 'b', turn(2, { parentId: 'a' }));
  await save(there, 'other', turn(3, { sessionId: 'other' }));
  return { ...observed(openStore({ name })), there };
}

/** Subscribes for the length of the test. */
function told<T>(live: binding.Live<T>) {
  const results: T[] = [];
  const end = live.subscribe((result) => results.push(result));
  onTestFinished(end);
  return {
    results,
    end,
    get latest() {
      return results.at(-1)!;
    },
  };
}

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

/** Imports what was compiled, from a place where it finds Svelte. */
async function imported({ js }: CompileResult): Promise<any> {
  await mkdir('.reports', { recursive: true });
  const folder = await mkdtemp('.reports/svelte-');
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'compiled.mjs');
  await writeFile(file, js.code);
  return import(pathToFileURL(file).href);
}

test('what was read and then made $state is saved as what it stands for', async () => {
  const { store, there } = await twoTabs();
  const live = told(liveSnapshot(store, { snapshotId: 'a' }));
  await eventually(() => live.latest.data, 'the snapshot');
  const source = 'export const stateOf = (value) => { let state = $state(value); return state; };';
  const { stateOf } = await imported(compileModule(source, { generate: 'client' }));
  const { messages } = stateOf(live.latest.data!.state);
  messages.push(message('more'));
  await store.saveSnapshot('c', () => turn(4, { parentId: 'a', state: { messages } }) as never);
  expect((await there.getSnapshot({ snapshotId: 'c' }))!.state).toEqual({
    messages: [message('turn 1'), message('more')],
  });
  expect(live.latest.data!.state!.messages).toEqual([message('turn 1')]);
});

describe('a server', () => {
  /** A component as a bundler compiles it for a server. */
  const component = async (source: string) =>
    (await imported(compile(source, { generate: 'server', filename: 'Page.svelte' }))).default;

  test('renders what is pending, and asks the store nothing', async () => {
    const { store, calls, watchers } = await twoTabs();
    vi.stubGlobal('indexedDB', undefined);
    const Page = await component(`
      <script>
        let { binding, store } = $props();
        const { liveSession, liveSessions, liveSnapshot, setSessionStore } = binding;
        setSessionStore(store);
        const list = liveSessions(store);
        const session = liveSession(store, 's');
        const snapshot = $derived(liveSnapshot(binding.getSessionStore(), { snapshotId: 'a' }));
        const wrong = liveSession(store, '');
        $list.reload();
      </script>
      <p>{$list.status} {$session.status} {$snapshot.status} {$wrong.status}</p>
    `);
    const { body } = await render(Page, { props: { binding, store } });
    expect(body).toContain('<p>pending pending pending pending</p>');
    await rest();
    expect([calls, watchers()]).toEqual([{}, 0]);
  });

  test('says how to hand a store down where none was', async () => {
    const Page = await component('<script>let { binding } = $props(); binding.getSessionStore();</script>');
    await expect((async () => render(Page, { props: { binding } }))()).rejects.toThrow('setSessionStore');
  });
});

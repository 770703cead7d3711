import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  createSSRApp,
  defineComponent,
  effectScope,
  h,
  isProxy,
  reactive,
  ref,
  watch,
  type EffectScope,
} from 'vue';
import { renderToString } from 'vue/server-renderer';
import type { SessionStoreError } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import {
  provideSessionStore,
  useSession,
  useSessions,
  useSessionStore,
  useSnapshot,
} from '../../src/vue/index.js';
import { eventually } from '../assertions/eventually.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { observed, rest } from '../stores/observed-store.js';
import { freshName, openStore } from '../stores/open-store.js';

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

/** Runs composables as a component's setup would, until the test is over. */
function inScope<T>(use: () => T): T & { scope: EffectScope } {
  const scope = effectScope();
  onTestFinished(() => scope.stop());
  return { ...scope.run(use)!, scope };
}

/** Paths to what Vue has wrapped. */
function proxiesIn(value: unknown, path = 'it', seen = new Set<unknown>()): string[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const parts = value instanceof Map ? [...value] : Object.entries(value);
  return [
    ...(isProxy(value) ? [path] : []),
    ...parts.flatMap(([key, part]) => proxiesIn(part, `${path}.${String(key)}`, seen)),
  ];
}

describe('what is shown', () => {
  test('is read when it is used, and follows what any tab saves', async () => {
    const { store, there } = await twoTabs();
    const all = inScope(() => ({
      list: useSessions(store),
      session: useSession(store, 's'),
      snapshot: useSnapshot(store, { sessionId: 's' }),
    }));
    expect([all.list, all.session, all.snapshot].map(({ status }) => status.value)).toEqual(
      Array(3).fill('pending'),
    );
    await eventually(() => all.list.status.value === 'ready', 'the sessions');
    await eventually(() => all.session.status.value === 'ready', 'the session');
    await eventually(() => all.snapshot.status.value === 'ready', 'the snapshot');
    expect(all.list.data.value!.sessions.map(({ sessionId }) => sessionId)).toEqual(['other', 's']);
    expect(all.session.data.value!.head!.snapshotId).toBe('b');
    expect(all.snapshot.data.value!.state!.messages).toEqual([message('turn 2')]);

    await save(there, 'c', turn(4, { parentId: 'b' }));
    await eventually(() => all.list.data.value!.sessions[0]!.sessionId === 's', 'the order');
    await eventually(() => all.session.data.value!.head!.snapshotId === 'c', 'the head');
    await eventually(() => all.snapshot.data.value!.snapshotId === 'c', 'the latest');
  });

  test('comes page by page', async () => {
    const { store } = await twoTabs();
    const list = inScope(() => useSessions(store, { pageSize: 1 }));
    await eventually(() => list.status.value === 'ready', 'a page');
    expect(list.data.value).toMatchObject({ sessions: [{ sessionId: 'other' }], hasMore: true });
    list.loadMore();
    await eventually(() => list.data.value!.sessions.length === 2, 'the next page');
  });

  test('changes a watcher only when it changes itself', async () => {
    const { store, there } = await twoTabs();
    const session = inScope(() => useSession(store, 's'));
    await eventually(() => session.status.value === 'ready', 'the session');
    const told: unknown[] = [];
    session.scope.run(() =>
      watch(session.data, (data) => told.push(data!.session!.title), { flush: 'sync' }),
    );
    await there.updateSession('other', { title: 'Oslo' });
    session.reload();
    await rest();
    await there.updateSession('s', { title: 'Lisbon' });
    await eventually(() => told.length > 0, 'the title');
    expect(told).toEqual(['Lisbon']);
  });

  test('is read and watched once, however many components ask', async () => {
    const { store, calls, watchers } = await twoTabs();
    const several = [1, 2, 3].map(() => inScope(() => useSession(store, 's')));
    for (const { status } of several) await eventually(() => status.value === 'ready', 'each');
    expect(calls['getTree']).toBe(1);
    const data = several.map((each) => each.data.value);
    expect(new Set(data).size).toBe(1);
    for (const { scope } of several) scope.stop();
    await rest();
    expect(watchers()).toBe(0);
  });
});

describe('arguments', () => {
  test('may be refs and getters, and no other id is shown under the new one', async () => {
    const { store } = await twoTabs();
    const id = ref('s');
    const snapshotId = ref('a');
    const page = inScope(() => ({
      session: useSession(store, id),
      snapshot: useSnapshot(
        () => store,
        () => ({ snapshotId: snapshotId.value }),
      ),
    }));
    await eventually(() => page.session.data.value && page.snapshot.data.value, 'both');
    id.value = 'other';
    snapshotId.value = 'b';
    expect([page.session.status.value, page.session.data.value]).toEqual(['pending', undefined]);
    expect([page.snapshot.status.value, page.snapshot.data.value]).toEqual(['pending', undefined]);
    await eventually(() => page.session.data.value?.sessionId === 'other', 'the other session');
    await eventually(() => page.snapshot.data.value?.snapshotId === 'b', 'the other snapshot');
  });

  test('that say the same again change nothing', async () => {
    const { store, calls } = await twoTabs();
    const options = reactive({ pageSize: 50, context: { auth: { uid: 'ada' } } });
    const list = inScope(() => useSessions(store, options));
    await eventually(() => list.status.value === 'ready', 'the list');
    options.context = { auth: { uid: 'ada' } };
    await rest();
    expect([list.status.value, calls['listSessions']]).toEqual(['ready', 1]);
  });

  test('that are wrong come as an error, with the path', async () => {
    const { store } = await twoTabs();
    const wrong = inScope(() => ({
      id: useSession(store, ' '),
      lookup: useSnapshot(store, {}),
      options: useSessions(store, { pagesize: 5 } as never),
    }));
    await eventually(() => wrong.lookup.error.value, 'the refusal of the store');
    for (const { error, status } of [wrong.id, wrong.lookup, wrong.options]) {
      expect([status.value, error.value?.status]).toEqual(['error', 'INVALID_ARGUMENT']);
    }
    expect(wrong.options.error.value!.path).toBe('options.pagesize');
  });

  test('a store that is none is refused at once', () => {
    expect(() => inScope(() => useSession(undefined as never, 's'))).toThrow(
      expect.objectContaining({ status: 'INVALID_ARGUMENT', path: 'store' }) as Error,
    );
  });
});

describe('a scope that is stopped', () => {
  test('leaves nothing watched, and shows nothing new', async () => {
    const { store, there, watchers } = await twoTabs();
    const id = ref('s');
    const session = inScope(() => useSession(store, id));
    await eventually(() => session.status.value === 'ready', 'the session');
    expect(watchers()).toBeGreaterThan(0);
    session.scope.stop();
    await rest();
    expect(watchers()).toBe(0);
    await there.updateSession('s', { title: 'Lisbon' });
    id.value = 'other';
    await rest();
    expect(session.data.value!.session!.title).toBeUndefined();
    expect(watchers()).toBe(0);
  });

  test('leaves nothing watched if it is stopped before there is an answer', async () => {
    const { store, watchers } = await twoTabs();
    inScope(() => useSnapshot(store, { sessionId: 's' })).scope.stop();
    await rest();
    await rest();
    expect(watchers()).toBe(0);
  });
});

describe('no proxy of Vue', () => {
  test('is in what is shown, nor in what is saved of it', async () => {
    const { store, there } = await twoTabs();
    await save(
      there,
      'b',
      turn(2, { parentId: 'a', state: { messages: [message('hi')], custom: { at: [{ x: 1 }] } } }),
    );
    const page = inScope(() => ({
      snapshot: useSnapshot<any>(store, { snapshotId: 'b' }),
      session: useSession(store, 's'),
      list: useSessions(store),
    }));
    await eventually(
      () => page.snapshot.data.value && page.session.data.value && page.list.data.value,
      'all',
    );
    // A returned object of refs is often made reactive, for its properties to be read without `.value`.
    const component = reactive(page);
    const shown = component.snapshot.data!;
    expect(proxiesIn([shown, component.session.data, component.list.data])).toEqual([]);
    expect(shown).toBe(page.snapshot.data.value);

    let given: unknown;
    await store.saveSnapshot('c', () => {
      const next = {
        ...turn(4),
        parentId: 'b',
        state: { ...shown.state, messages: [...shown.state!.messages!, message('more')] },
      };
      given = next;
      return next as never;
    });
    expect(proxiesIn(given)).toEqual([]);
    expect((await there.getSnapshot({ snapshotId: 'c' }))!.state).toEqual({
      messages: [message('hi'), message('more')],
      custom: { at: [{ x: 1 }] },
    });
  });

  test('stands before a store that is provided', async () => {
    const store = openStore();
    const app = createSSRApp({});
    provideSessionStore(store, app);
    const state = reactive({ store: app.runWithContext(() => useSessionStore()) });
    expect(state.store).toBe(store);
    expect(ref(store).value).toBe(store);
    await state.store.saveSnapshot('a', () => turn(1));
  });

  test('keeps a composable from the private fields of a store in a ref', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const held = ref(store);
    const page = inScope(() => ({ session: useSession(held, 's'), list: useSessions(held.value) }));
    await eventually(() => page.session.status.value === 'ready', 'the session');
    await eventually(() => page.list.status.value === 'ready', 'the list');
  });
});

describe('errors', () => {
  test('keep what was shown, until a reload finds the store well again', async () => {
    const { store, before } = await twoTabs();
    const session = inScope(() => useSession(store, 's'));
    await eventually(() => session.status.value === 'ready', 'the session');
    const shown = session.data.value;
    before['getTree'] = () => {
      throw new Error('gone');
    };
    session.reload();
    await eventually(() => session.status.value === 'error', 'the failure');
    expect(session.data.value).toBe(shown);
    expect(session.error.value).toMatchObject({ status: 'INTERNAL' } satisfies Partial<SessionStoreError>);
    before['getTree'] = undefined;
    session.reload();
    await eventually(() => session.status.value === 'ready', 'the recovery');
    expect(session.error.value).toBeUndefined();
  });
});

describe('a store', () => {
  const Child = defineComponent(() => {
    const { status } = useSession(useSessionStore(), 's');
    return () => h('p', status.value);
  });

  test('comes from the component above', async () => {
    const { store } = await twoTabs();
    const Parent = defineComponent(() => {
      provideSessionStore(store);
      return () => h(Child);
    });
    expect(await renderToString(createSSRApp(Parent))).toBe('<p>pending</p>');
  });

  test('that is provided nowhere is an error that says how to', async () => {
    const app = createSSRApp(Child);
    app.config.warnHandler = () => {};
    await expect(renderToString(app)).rejects.toThrow('provideSessionStore');
  });
});

test('a server renders what is pending, and asks the store nothing', async () => {
  const { store, calls, watchers } = await twoTabs();
  const App = defineComponent(() => {
    const all = [
      useSessions(store),
      useSession(store, 's'),
      useSnapshot(store, () => ({ snapshotId: 'a' })),
      useSession(store, ''),
    ];
    for (const { reload } of all) reload();
    return () => h('p', all.map(({ status, data }) => `${status.value} ${data.value}`).join(', '));
  });
  expect(await renderToString(createSSRApp(App))).toBe(
    `<p>${Array(4).fill('pending undefined').join(', ')}</p>`,
  );
  await rest();
  expect(calls).toEqual({});
  expect(watchers()).toBe(0);
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { failureOf } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Names that are easily taken for one another, or for a path. */
const TENANTS = [
  'a',
  'A',
  'a/b',
  'a%2Fb',
  'a%',
  '%',
  '/',
  '..',
  '.',
  ' a',
  'a b',
  'ä',
  'a\u0308',
  '🦊',
  '\u0000',
  'undefined',
];

const databases = async () => (await indexedDB.databases()).map(({ name }) => name!).sort();

describe.each(['namespace', 'snapshotPathPrefix'] as const)('tenants by %s', (option) => {
  /** Gives each tenant a way to the store, which is its own or one for all. */
  function storesOf(name: string) {
    const shared = openStore({ name, snapshotPathPrefix: (call) => call?.context?.['tenant'] as string });
    return TENANTS.map((tenant) => ({
      tenant,
      store: option === 'namespace' ? openStore({ name, namespace: tenant }) : shared,
      options: { context: { tenant } },
    }));
  }

  test('see nothing of each other', async () => {
    const stores = storesOf(freshName());
    for (const [n, { store, options }] of stores.entries()) {
      await store.saveSnapshot('same', () => turn(n), options);
      await store.saveSnapshot(`own-${n}`, () => turn(n, { sessionId: `own-${n}` }), options);
    }
    for (const [n, { tenant, store, options }] of stores.entries()) {
      const same = await store.getSnapshot({ snapshotId: 'same', ...options });
      expect(same?.createdAt, tenant).toBe(turn(n).createdAt);
      const { sessions } = await store.listSessions(options);
      expect(sessions.map(({ sessionId }) => sessionId).sort(), tenant).toEqual([`own-${n}`, 's']);
      expect((await store.getTree('s', options)).nodes.size, tenant).toBe(1);
      const other = (n + 1) % TENANTS.length;
      expect(await store.getSnapshot({ snapshotId: `own-${other}`, ...options }), tenant).toBeUndefined();
      expect(await store.getSession(`own-${other}`, options), tenant).toBeUndefined();
    }
  });

  test('have a database each, named after them', async () => {
    const name = freshName();
    for (const { store, options } of storesOf(name)) await store.saveSnapshot('a', () => turn(1), options);
    expect(await databases()).toEqual(
      TENANTS.map((tenant) => `${name}/${encodeURIComponent(tenant)}`).sort(),
    );
  });

  test('hear nothing of each other', async () => {
    const stores = storesOf(freshName());
    const heard = stores.map(({ store, options }) => {
      const told: string[] = [];
      store.onSnapshotStateChange('a', ({ createdAt }) => told.push(createdAt), options);
      store.onSessionChange('s', ({ type }) => told.push(type), options);
      store.onSessionsChange(({ type }) => told.push(type), options);
      return told;
    });
    for (const [n, { store, options }] of stores.entries()) {
      await store.saveSnapshot('a', () => turn(n), options);
    }
    expect(heard).toEqual(stores.map((_, n) => [turn(n).createdAt, 'changed', 'changed']));
  });

  test.each(['clear', 'deleteDatabase'] as const)('%s deletes one of them', async (remove) => {
    const stores = storesOf(freshName());
    for (const { store, options } of stores) await store.saveSnapshot('a', () => turn(1), options);
    await stores[2]!.store[remove](stores[2]!.options);
    for (const { tenant, store, options } of stores) {
      const expected = tenant === TENANTS[2] ? 0 : 1;
      expect((await store.listSessions(options)).sessions, tenant).toHaveLength(expected);
    }
  });

  test('are the same tenant in another store', async () => {
    const name = freshName();
    const [first, again] = [storesOf(name), storesOf(name)];
    const heard = again.map(({ store, options }) => {
      const told: string[] = [];
      store.onSnapshotStateChange('a', ({ createdAt }) => told.push(createdAt), options);
      return told;
    });
    for (const [n, { store, options }] of first.entries())
      await store.saveSnapshot('a', () => turn(n), options);
    await eventually(() => heard.every((told) => told.length > 0), 'every tenant to be told');
    expect(heard).toEqual(first.map((_, n) => [turn(n).createdAt]));
  });
});

test('a namespace and a prefix are two levels', async () => {
  const name = freshName();
  const prefixed = (namespace: string | undefined, prefix: string) =>
    openStore({ name, namespace, snapshotPathPrefix: () => prefix });
  const stores = [
    prefixed('a', 'b'),
    prefixed('b', 'a'),
    prefixed('a/b', 'c'),
    prefixed('a', 'b/c'),
    openStore({ name, namespace: 'a/b' }),
    openStore({ name, namespace: 'a' }),
    openStore({ name }),
  ];
  for (const [n, store] of stores.entries()) await save(store, 'a', turn(n));
  for (const [n, store] of stores.entries()) {
    expect((await store.getSnapshot({ snapshotId: 'a' }))?.createdAt).toBe(turn(n).createdAt);
  }
  expect(await databases()).toContain(`${name}/a/b`);
  expect(await databases()).toHaveLength(stores.length);
});

test('every method goes to the tenant of its call', async () => {
  const store = openStore({ snapshotPathPrefix: (call) => call?.context?.['tenant'] as string });
  const [mine, theirs] = [{ context: { tenant: 'mine' } }, { context: { tenant: 'theirs' } }];
  await store.saveSnapshot('a', () => turn(1), mine);
  await store.saveSnapshot('b', () => turn(2, { parentId: 'a' }), mine);

  expect(await store.getSnapshot({ sessionId: 's', ...theirs })).toBeUndefined();
  expect((await store.listSessions(theirs)).sessions).toEqual([]);
  expect((await store.listSnapshots({ sessionId: 's', ...theirs })).snapshots).toEqual([]);
  expect(await store.getLeaves('s', theirs)).toEqual([]);
  expect(await store.getHead('s', theirs)).toBeUndefined();
  await expect(store.getHistory('a', theirs)).rejects.toMatchObject({ status: 'NOT_FOUND' });
  await expect(store.selectBranch('a', theirs)).rejects.toMatchObject({ status: 'NOT_FOUND' });
  await expect(store.updateSession('s', {}, theirs)).rejects.toMatchObject({ status: 'NOT_FOUND' });
  expect(await store.deleteSnapshot('b', theirs)).toBe(0);
  expect(await store.deleteSession('s', theirs)).toBe(0);
  await store.clear(theirs);
  await store.deleteDatabase(theirs);

  expect(await store.getHistory('b', mine)).toHaveLength(2);
  expect((await store.selectBranch('a', mine)).selectedSnapshotId).toBe('a');
});

test('an error of snapshotPathPrefix reaches the caller', async () => {
  const error = new Error('who are you?');
  const store = openStore({
    snapshotPathPrefix() {
      throw error;
    },
  });
  for (const call of [
    () => store.getSnapshot({ snapshotId: 'a' }),
    () => save(store, 'a', turn(1)),
    () => store.onSnapshotStateChange('a', () => {}),
  ]) {
    const failure = (await failureOf(call)) as Error;
    expect([failure, failure.cause]).toContain(error);
  }
});

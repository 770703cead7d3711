import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal, failureOf } from '../assertions/expect-refusal.js';
import { observingRequests, requestsOf, type RequestMade } from '../database/observe-requests.js';
import { openStore } from '../stores/open-store.js';
import { said } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const SIXTEEN = Array.from({ length: 16 }, (_, n) => n);

const counting = (n: number) => turn(1, { state: { messages: [said('counted')], custom: n } });
const customOf = async (store: IndexedDBSessionStore<any>, snapshotId: string) =>
  (await store.getSnapshot({ snapshotId }))?.state?.custom;
const increment = (store: IndexedDBSessionStore<any>, id: string) =>
  store.saveSnapshot(id, (current) => counting((current?.state?.custom ?? 0) + 1));

const transactions = (made: RequestMade[]) => new Set(made.map(({ transaction }) => transaction)).size;
const puts = (made: RequestMade[], store: string) =>
  made.filter((request) => request.store === store && request.writes).length;

test('16 saves of one snapshot are one transaction, one read and one write, and none is lost', async () => {
  const store = openStore();
  await increment(store, 'a');
  const made = await requestsOf(() => Promise.all(SIXTEEN.map(() => increment(store, 'a'))));
  expect(transactions(made)).toBe(1);
  expect(puts(made, 'snapshots')).toBe(1);
  expect(puts(made, 'sessions')).toBe(1);
  // The snapshot, and the first one of the database, which would tell that it is encrypted.
  expect(made.filter((r) => r.store === 'snapshots' && r.method === 'get')).toHaveLength(2);
  expect(await customOf(store, 'a')).toBe(17);
  expect(await store.check()).toMatchObject({ entries: 1, problems: [] });
});

test('16 saves of different snapshots are one transaction', async () => {
  const store = openStore();
  const made = await requestsOf(() => Promise.all(SIXTEEN.map((n) => save(store, `n${n}`, counting(n)))));
  expect(transactions(made)).toBe(1);
  expect(puts(made, 'snapshots')).toBe(16);
  expect(puts(made, 'sessions')).toBe(1);
  for (const n of SIXTEEN) expect(await customOf(store, `n${n}`)).toBe(n);
  expect((await store.getSession('s'))?.snapshotCount).toBe(16);
  expect((await store.check()).problems).toEqual([]);
});

test('16 saves of a chain are one transaction, in order', async () => {
  const store = openStore();
  const messages = SIXTEEN.map((n) => said(`${n}`));
  const made = await requestsOf(() =>
    Promise.all(
      SIXTEEN.map((n) =>
        save(
          store,
          `n${n}`,
          turn(n, { state: { messages: messages.slice(0, n + 1) }, ...(n > 0 && { parentId: `n${n - 1}` }) }),
        ),
      ),
    ),
  );
  expect(transactions(made)).toBe(1);
  expect((await store.getHistory('n15')).map(({ snapshotId }) => snapshotId)).toEqual(
    SIXTEEN.map((n) => `n${n}`),
  );
  expect((await store.getLeaves('s')).map(({ snapshotId }) => snapshotId)).toEqual(['n15']);
  expect(await store.check()).toMatchObject({ entries: 16, problems: [] });
});

test('each save sees what the one before it left, and answers with its own id', async () => {
  const store = openStore();
  const seen: unknown[] = [];
  const ids = await Promise.all(
    SIXTEEN.map((n) =>
      store.saveSnapshot(n % 2 ? 'odd' : 'even', (current) => {
        seen.push(current?.state?.custom);
        return counting(n);
      }),
    ),
  );
  expect(ids).toEqual(SIXTEEN.map((n) => (n % 2 ? 'odd' : 'even')));
  expect(seen).toEqual([undefined, undefined, ...SIXTEEN.slice(0, 14)]);
});

test('a mutator that throws fails its own save, with what it threw, and no other', async () => {
  const store = openStore();
  const mine = new Error('mine');
  const results = await Promise.allSettled([
    increment(store, 'a'),
    store.saveSnapshot('a', () => {
      throw mine;
    }),
    increment(store, 'a'),
    store.saveSnapshot('a', () => null),
    save(store, 'b', { ...counting(1), createdAt: 'garbage' }),
    save(store, 'c', { ...counting(1), state: { custom: () => {} } }),
    increment(store, 'a'),
  ]);
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual([
    true,
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
  expect((results[1] as PromiseRejectedResult).reason).toBe(mine);
  expect((results[3] as PromiseFulfilledResult<unknown>).value).toBeNull();
  expect(await customOf(store, 'a')).toBe(3);
  expect(await store.check()).toMatchObject({ snapshots: 1, problems: [] });
});

test('a save whose generated id is taken fails alone: ALREADY_EXISTS', async () => {
  const ids = ['taken', 'free'];
  const store = openStore({ generateId: () => ids.shift()! });
  await save(store, 'taken', counting(100));
  const before = save(store, 'before', counting(1));
  const taken = failureOf(() => store.saveSnapshot(undefined, () => counting(2)));
  const free = store.saveSnapshot(undefined, () => counting(3));
  const after = increment(store, 'before');
  await expectRefusal(async () => Promise.reject(await taken), 'ALREADY_EXISTS');
  expect(await Promise.all([before, free, after])).toEqual(['before', 'free', 'before']);
  expect(await customOf(store, 'taken')).toBe(100);
  expect(await customOf(store, 'before')).toBe(2);
  expect(await customOf(store, 'free')).toBe(3);
  expect(await store.check()).toMatchObject({ snapshots: 3, problems: [] });
});

test('a save that IndexedDB will not take fails alone', async () => {
  const store = openStore();
  await save(store, 'warm', counting(0));
  const { prototype } = IDBObjectStore;
  const original = prototype.put;
  prototype.put = function (value, ...key) {
    if (value?.id === 'bad') throw new DOMException('no', 'DataCloneError');
    return original.call(this, value, ...key);
  };
  try {
    const results = await Promise.allSettled(['a', 'bad', 'b', 'a'].map((id) => increment(store, id)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  } finally {
    prototype.put = original;
  }
  expect(await customOf(store, 'a')).toBe(2);
  expect(await customOf(store, 'b')).toBe(1);
  expect(await store.getSnapshot({ snapshotId: 'bad' })).toBeUndefined();
  expect(await store.check()).toMatchObject({ snapshots: 3, problems: [] });
});

test('a delete between saves comes between them', async () => {
  const store = openStore();
  const made = await requestsOf(() =>
    Promise.all([
      increment(store, 'a'),
      increment(store, 'a'),
      store.deleteSnapshot('a'),
      increment(store, 'a'),
      store.deleteSession('s'),
      increment(store, 'a'),
      increment(store, 'a'),
    ]),
  );
  expect(transactions(made)).toBe(5);
  expect(await customOf(store, 'a')).toBe(2);
  expect(await store.check()).toMatchObject({ snapshots: 1, sessions: 1, problems: [] });
});

test('a read between saves sees those before it and none after', async () => {
  const store = openStore();
  const answers = await Promise.all([
    increment(store, 'a'),
    customOf(store, 'a'),
    increment(store, 'a'),
    increment(store, 'a'),
    customOf(store, 'a'),
  ]);
  expect(answers).toEqual(['a', 1, 'a', 'a', 3]);
});

test('a watcher of the same tab sees every version, in order, before the saves resolve', async () => {
  const store = openStore();
  const seen: unknown[] = [];
  store.onSnapshotStateChange('a', ({ state }) => seen.push(state?.custom));
  await Promise.all(SIXTEEN.map(() => increment(store, 'a')));
  expect(seen).toEqual(SIXTEEN.map((n) => n + 1));
});

test('a watcher of the session hears of saves that are one transaction', async () => {
  const store = openStore();
  const counts: unknown[] = [];
  store.onSessionChange('s', (change) =>
    counts.push(change.type === 'changed' && change.session.snapshotCount),
  );
  await Promise.all(SIXTEEN.map((n) => save(store, `n${n}`, counting(n))));
  expect(counts.at(-1)).toBe(16);
});

test('saves that prune, in one transaction, leave what saves one at a time leave', async () => {
  const chains: unknown[] = [];
  for (const wait of [true, false]) {
    const store = openStore({ maxPersistedChainLength: 2 });
    const saves: Promise<unknown>[] = [];
    for (const n of SIXTEEN) {
      const messages = SIXTEEN.slice(Math.max(0, n - 3), n + 1).map((m) => said(`${m}`));
      const fields = { state: { messages }, ...(n > 0 && { parentId: `n${n - 1}` }) };
      saves.push(save(store, `n${n}`, turn(n, fields)));
      if (wait) await saves.at(-1);
    }
    await Promise.all(saves);
    chains.push([await store.listSnapshots({ sessionId: 's' }), await store.check()]);
    expect(await store.check()).toMatchObject({ snapshots: 2, entries: 5, problems: [] });
  }
  expect(chains[1]).toEqual(chains[0]);
});

test('more saves than fit one transaction are all done', async () => {
  const store = openStore();
  await increment(store, 'a');
  const made: RequestMade[] = [];
  await observingRequests(
    (request) => made.push(request),
    () => Promise.all(Array.from({ length: 300 }, () => increment(store, 'a'))),
  );
  expect(transactions(made)).toBeLessThan(10);
  expect(await customOf(store, 'a')).toBe(301);
});

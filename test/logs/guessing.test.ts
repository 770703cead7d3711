import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SessionSnapshotInput } from '../../src/index.js';
import { message, turn } from '../../src/testing/sample-snapshots.js';
import { observingRequests, type RequestMade } from '../database/observe-requests.js';
import { freshName, openStore } from '../stores/open-store.js';

type Store = ReturnType<typeof openStore>;

const add = async (
  store: Store,
  second: number,
  parentId: string | undefined,
  fields: object = {},
): Promise<string> =>
  await store.saveSnapshot(undefined, () => turn(second, { ...(parentId && { parentId }), ...fields }));

/** Too large for the snapshot's own row. */
const stateOf = (turn: number) => ({
  messages: Array.from({ length: turn + 1 }, (_, index) => message(`${index}`.repeat(600))),
});

/** A chat of three turns, of which the tab remembers everything. */
async function remembered(store: Store): Promise<string> {
  let last: string | undefined;
  for (let second = 0; second < 3; second++)
    last = await add(store, second, last, { state: stateOf(second) });
  return last!;
}

test('a save that nobody else interferes with waits for the database once', async () => {
  const store = openStore();
  const last = await remembered(store);
  let isAnswered = false;
  let waited = false;
  const before: string[] = [];
  const read: string[] = [];
  const look = ({ method, store: name, writes }: RequestMade) => {
    if (!writes) read.push(`${name}.${method}`);
    if (writes && !isAnswered) before.push(`${name}.${method}`);
    return (request: IDBRequest) => {
      request.addEventListener('success', () => (isAnswered = true));
      // Waiting for each write would take the page's time.
      if (writes) request.addEventListener = () => (waited = true);
    };
  };
  await observingRequests(look, () => add(store, 3, last, { state: stateOf(3) }));
  expect(waited, 'somebody waits for a write').toBe(false);
  expect(before.toSorted()).toEqual(['logs.put', 'meta.put', 'sessions.put', 'snapshots.add']);
  expect(read, 'the clock, and whether rows are encrypted').toEqual(['meta.get', 'snapshots.get']);
});

test('what another tab has written meanwhile is not overtaken, and the mutator is called once', async () => {
  const name = freshName();
  const [one, two] = [openStore({ name }), openStore({ name })];
  const last = await remembered(one);
  const other = await add(two, 10, last, { state: { messages: [message('of the other tab')] } });
  let calls = 0;
  const own = await one.saveSnapshot(undefined, () => {
    calls++;
    return turn(11, { parentId: last, state: { messages: [message('of this tab')] } });
  });
  expect(calls).toBe(1);
  const { nodes, leaves } = await two.getTree('s');
  expect(nodes.get(last)!.children.toSorted()).toEqual([own, other].toSorted());
  expect(leaves).toHaveLength(2);
  expect(await two.getSession('s')).toMatchObject({ snapshotCount: 5 });
  for (const [id, text] of [
    [own, 'of this tab'],
    [other, 'of the other tab'],
  ] as const) {
    for (const store of [one, two]) {
      expect((await store.getSnapshot({ snapshotId: id }))!.state!.messages).toEqual([message(text)]);
    }
  }
  expect((await one.check()).problems).toEqual([]);
});

test('a parent that another tab has saved anew, moved or deleted meanwhile', async () => {
  const name = freshName();
  const [one, two] = [openStore({ name }), openStore({ name })];
  const last = await remembered(one);
  const state = { messages: [message('another state')] };
  await two.saveSnapshot(last, (current) => ({ ...current!, state }) as SessionSnapshotInput<any>);
  const child = await add(one, 4, last, { state: { messages: [...state.messages, message('more')] } });
  expect((await two.getSnapshot({ snapshotId: child }))!.state!.messages).toHaveLength(2);
  await two.deleteSession('s');
  const orphan = await add(one, 5, child);
  expect(await two.getHistory(orphan)).toHaveLength(1);
  expect(await two.getSession('s')).toMatchObject({ snapshotCount: 1 });
  await two.clear();
  await add(one, 6, orphan);
  expect(await two.getSession('s')).toMatchObject({ snapshotCount: 1 });
  expect((await two.check()).problems).toEqual([]);
});

test('an error of the mutator, and one that returns nothing, when somebody else has written', async () => {
  const name = freshName();
  const [one, two] = [openStore({ name }), openStore({ name })];
  const last = await remembered(one);
  await add(two, 10, last);
  const error = new Error('mine');
  const saves = await Promise.allSettled([
    one.saveSnapshot(undefined, () => {
      throw error;
    }),
    one.saveSnapshot(undefined, () => null),
    add(one, 11, last),
  ]);
  expect(saves).toMatchObject([{ reason: error }, { value: null }, { status: 'fulfilled' }]);
  expect(await two.getSession('s')).toMatchObject({ snapshotCount: 5 });
});

test('a mutator of a save without an id is called once, though its batch is done again', async () => {
  const store = openStore({ generateId: () => 'taken' });
  await add(store, 0, undefined);
  let calls = 0;
  const saves = await Promise.allSettled([
    store.saveSnapshot('with an id', () => turn(1)),
    store.saveSnapshot(undefined, () => {
      calls++;
      return turn(2, { snapshotId: 'chosen', parentId: 'with an id', state: stateOf(2) });
    }),
    add(store, 3, 'chosen'),
  ]);
  expect(saves).toMatchObject([
    { value: 'with an id' },
    { value: 'chosen' },
    { reason: { status: 'ALREADY_EXISTS' } },
  ]);
  expect(calls).toBe(1);
  expect((await store.getSnapshot({ snapshotId: 'chosen' }))!.state).toEqual(stateOf(2));
  expect((await store.check()).problems).toEqual([]);
});

test('a database encrypted since the last save takes no plain row', async () => {
  const name = freshName();
  const one = openStore({ name });
  const last = await remembered(one);
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  await openStore({ name, encryption: { key, previousKeys: [null] } }).rekey();
  await expect(add(one, 4, last)).rejects.toMatchObject({ status: 'PERMISSION_DENIED' });
});

test('any number of tabs, in any order: as many snapshots as saves, each with its own state', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), fc.nat(3), fc.nat(2)), { minLength: 5, maxLength: 25 }),
      async (steps) => {
        const name = freshName();
        const stores = [0, 1, 2].map(() => openStore({ name }));
        const saved = new Map<string, unknown>();
        const ids: (string | undefined)[] = [undefined];
        let second = 0;
        for (const [tab, back, together] of steps) {
          const parentId = ids[Math.max(0, ids.length - 1 - back)];
          const before = (saved.get(parentId ?? '') as object[] | undefined) ?? [];
          const saves = Array.from({ length: together + 1 }, async () => {
            const messages = [...before, message(`turn ${second++}`)];
            const id = await add(stores[tab]!, second, parentId, { state: { messages } });
            saved.set(id, messages);
            return id;
          });
          ids.push(...(await Promise.all(saves)));
        }
        for (const store of stores) {
          for (const [snapshotId, messages] of saved) {
            expect((await store.getSnapshot({ snapshotId }))!.state!.messages).toEqual(messages);
          }
        }
        expect(await stores[0]!.getSession('s')).toMatchObject({ snapshotCount: saved.size });
        expect((await stores[1]!.check()).problems).toEqual([]);
        for (const store of stores) await store.close();
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

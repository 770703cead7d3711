import { expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';

type Store = IndexedDBSessionStore<any>;

/** Several tabs over one encrypted database. */
async function tabs(count: number): Promise<{ name: string; stores: Store[] }> {
  const name = freshName();
  const encryption = { key: await makeKey() };
  return { name, stores: Array.from({ length: count }, () => openStore({ name, encryption })) };
}

const increment = (store: Store, id: string) =>
  store.saveSnapshot(id, (current) =>
    turn(1, { state: { custom: { count: (current?.state?.custom.count ?? 0) + 1 } } }),
  );

test('of increments from three tabs at once none is lost', async () => {
  const { stores } = await tabs(3);
  for (let round = 0; round < 4; round++) {
    await Promise.all(Array.from({ length: 24 }, (_, n) => increment(stores[n % 3]!, 'a')));
    // One by one as well: saves that wait together are done together.
    await Promise.all(
      stores.map(async (store) => {
        for (let n = 0; n < 5; n++) await increment(store, 'a');
      }),
    );
  }
  const { state } = (await stores[0]!.getSnapshot({ snapshotId: 'a' }))!;
  expect(state?.custom).toEqual({ count: 4 * (24 + 15) });
  expect((await stores[1]!.check()).problems).toEqual([]);
});

test('tabs that open one new database at once agree on its key', async () => {
  const { stores } = await tabs(4);
  await Promise.all(stores.map((store, n) => save(store, `n${n}`, turn(n))));
  for (const store of stores) expect((await store.getTree('s')).nodes.size).toBe(4);
});

test('of tabs with different keys only the first has a database', async () => {
  const name = freshName();
  const stores = await Promise.all(
    [1, 2].map(async () => openStore({ name, encryption: { key: await makeKey() } })),
  );
  const outcomes = await Promise.allSettled(stores.map((store, n) => save(store, `n${n}`, turn(n))));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
  expect((await stores[winner]!.getTree('s')).nodes.size).toBe(1);
  await expectRefusal(() => stores[1 - winner]!.getTree('s'), 'PERMISSION_DENIED');
});

test('a tab sees what another saves, without having been told the key', async () => {
  const { stores } = await tabs(2);
  const heard: unknown[] = [];
  await save(stores[0]!, 'a', turn(1));
  await new Promise<void>((resolve) => {
    stores[1]!.onSnapshotStateChange('a', (snapshot) => {
      heard.push((snapshot.state as any)?.custom);
      if (heard.length === 2) resolve();
      else void save(stores[0]!, 'a', turn(1, { state: { custom: 'changed' } }));
    });
  });
  expect(heard[1]).toBe('changed');
});

test('a mutator is called once, as long as nobody else writes and nothing has to be decrypted', async () => {
  const { stores } = await tabs(1);
  let calls = 0;
  for (let n = 0; n < 5; n++) {
    await stores[0]!.saveSnapshot(undefined, () => {
      calls++;
      return turn(n, { state: { messages: conversation(n + 1) } });
    });
  }
  expect(calls).toBe(5);
});

test('one save of several that cannot be encrypted is refused, and it alone', async () => {
  const { name, stores } = await tabs(1);
  const store = stores[0]!;
  await save(store, 'a', turn(1));
  const key = await makeKey();
  const outcomes = await Promise.allSettled([
    save(store, 'b', turn(2, { state: { messages: [message('b')] } })),
    save(store, 'c', turn(3, { state: { custom: { keys: [key] } } })),
    save(store, 'd', turn(4, { state: { messages: conversation(2) } })),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect([...(await store.getTree('s')).nodes.keys()]).toEqual(['a', 'b', 'd']);
  const before = await dumpDatabase(name);
  const inside = (values: object) => () => save(store, 'c', turn(3, values));
  await expectRefusal(
    inside({ state: { custom: { keys: [key] } } }),
    'INVALID_ARGUMENT',
    'state.custom.keys.0',
  );
  await expectRefusal(
    inside({ state: { messages: [...conversation(2), { key }] } }),
    'INVALID_ARGUMENT',
    'state.messages.2.key',
  );
  await expectRefusal(inside({ note: { 'a key': key } }), 'INVALID_ARGUMENT', 'note.a key');
  await expectRefusal(
    () => store.updateSession('s', { metadata: { key } }),
    'INVALID_ARGUMENT',
    'patch.metadata.key',
  );
  expect(await dumpDatabase(name)).toEqual(before);
});

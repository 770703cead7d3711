import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { requestsOf } from '../database/observe-requests.js';
import { Chat, conversation, said } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

test('two tabs that continue one snapshot in turn make two branches, both whole', async () => {
  const chat = new Chat();
  const trunk = conversation(6);
  await chat.save('trunk', undefined, { messages: trunk });
  const tabs = { a: chat.store, b: chat.open() };
  for (let n = 0; n < 8; n++) {
    for (const [branch, via] of Object.entries(tabs)) {
      const state = { messages: [...trunk, ...conversation(n + 1, branch)] };
      await chat.save(`${branch}${n}`, n > 0 ? `${branch}${n - 1}` : 'trunk', state, { via });
    }
  }
  expect(await chat.entries()).toBe(6 + 8 + 8);
  expect((await chat.store.getLeaves('s')).map(({ snapshotId }) => snapshotId)).toEqual(['b7', 'a7']);
});

test('tabs that take turns in one chat miss nothing and overwrite nothing', async () => {
  const chat = new Chat();
  const tabs = [chat.store, chat.open(), chat.open()];
  const messages = conversation(24);
  for (let n = 0; n < 24; n++) {
    const state = { messages: messages.slice(0, n + 1) };
    await chat.save(`n${n}`, n > 0 ? `n${n - 1}` : undefined, state, { via: tabs[n % 3]! });
  }
  expect(await chat.entries()).toBe(24);
});

test('tabs that save at once miss nothing and overwrite nothing', async () => {
  const chat = new Chat();
  const tabs = [chat.store, chat.open(), chat.open()];
  await chat.save('root', undefined, { messages: conversation(4) });
  for (let n = 0; n < 6; n++) {
    await Promise.all(
      tabs.map((via, tab) =>
        chat.save(
          `${tab}-${n}`,
          n > 0 ? `${tab}-${n - 1}` : 'root',
          { messages: [...conversation(4), ...conversation(n + 1, `tab ${tab} `)] },
          { via },
        ),
      ),
    );
  }
  expect(await chat.entries()).toBe(4 + 3 * 6);
});

test('a parent that another tab has rewritten is not taken for what it was', async () => {
  const chat = new Chat();
  const other = chat.open();
  await chat.save('a', undefined, { messages: conversation(6) });
  await chat.save('a', undefined, { messages: conversation(6, 'rewritten') }, { via: other });
  await chat.save('b', 'a', { messages: [...conversation(6), said('next')] });
  await chat.save('c', 'a', { messages: [...conversation(6, 'rewritten'), said('next')] });
  expect(await chat.entries()).toBe(6 + 7 + 1);
});

test('a parent that another tab has deleted takes nothing with it', async () => {
  const chat = new Chat();
  const other = chat.open();
  await chat.save('a', undefined, { messages: conversation(6) });
  await other.deleteSnapshot('a');
  chat.forget('a');
  await chat.save('b', 'a', { messages: [...conversation(6), said('next')] });
  expect(await chat.entries()).toBe(7);
});

test('a parent that another tab has deleted and made anew is not taken for what it was', async () => {
  const chat = new Chat();
  const other = chat.open();
  await chat.save('a', undefined, { messages: conversation(6) });
  await other.deleteSession('s');
  await chat.save('x', undefined, { messages: conversation(3, 'x') }, { via: other });
  await chat.save('a', undefined, { messages: conversation(4, 'new') }, { via: other });
  await chat.save('b', 'a', { messages: [...conversation(6), said('next')] });
  expect(await chat.entries()).toBe(3 + 4 + 7);
});

test('a mutator sees what another tab wrote last', async () => {
  const chat = new Chat();
  const tabs = [chat.store, chat.open()];
  await save(chat.store, 'a', turn(1, { state: { messages: conversation(2), custom: 0 } }));
  for (let n = 0; n < 10; n++) {
    await tabs[n % 2]!.saveSnapshot('a', (current) => {
      current!.state!.custom++;
      current!.state!.messages!.push(said(`from ${n}`) as never);
      return current!;
    });
  }
  const state = (await chat.store.getSnapshot({ snapshotId: 'a' }))?.state;
  expect(state).toEqual({
    custom: 10,
    messages: [...conversation(2), ...Array.from({ length: 10 }, (_, n) => said(`from ${n}`))],
  });
  expect(await chat.store.check()).toMatchObject({ entries: 12, problems: [] });
});

test('a snapshot that is no longer remembered costs a read, and is shared all the same', async () => {
  const chat = new Chat();
  const messages = conversation(10);
  await chat.save('a', undefined, { messages });
  const saving = (id: string) =>
    requestsOf(() => chat.save(id, 'a', { messages: [...messages, said(`next ${id}`)] }));
  // Which log is the latest tells a key alone.
  const logsRead = async (id: string) =>
    (await saving(id)).filter(
      ({ store, method, writes }) => store === 'logs' && method !== 'openKeyCursor' && !writes,
    ).length;
  expect(await logsRead('warm')).toBe(0);
  for (let n = 0; n < 50; n++) {
    await chat.save(`other${n}`, undefined, { messages: [said(`${n}`)] }, { sessionId: 'other' });
  }
  expect(await logsRead('cold')).toBeGreaterThan(0);
  expect(await logsRead('warm again')).toBe(0);
  expect(await chat.entries()).toBe(10 + 3 + 50);
});

test('what an application does to what it was given changes nothing', async () => {
  const chat = new Chat();
  await chat.save('a', undefined, {
    messages: conversation(4),
    custom: { padding: 'x'.repeat(600), list: [1] },
  });
  const mine = await chat.store.getSnapshot({ snapshotId: 'a' });
  mine!.state!.messages!.length = 0;
  mine!.state!.custom.list.push(2);
  await chat.store.saveSnapshot('a', (current) => {
    (current!.state!.messages![0] as any).role = 'model';
    return null;
  });
  expect(await chat.entries()).toBe(5);

  const state = { messages: conversation(5) };
  await chat.save('b', 'a', state);
  state.messages[4]!.content[0]!.text = 'changed afterwards';
  await chat.save('c', 'b', { messages: conversation(6) });
  await chat.expectWhole();
});

import { describe, expect, it } from 'vitest';
import { openThreadHistory, openThreadList } from '../../../src/adapters/assistant-ui/index.js';
import { eventually } from '../../assertions/eventually.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { overwriteRow } from '../../database/raw-database.js';
import { openPage, textOf, type Render } from './page.js';

/** Run in Node and in Chromium, with the runtime that assistant-ui's components use. */
export function describeAssistantUi(render: Render): void {
  const open = (name: string, options?: Parameters<typeof openPage>[2]) => openPage(render, name, options);

  describe('offshoot/assistant-ui: the messages of a thread', () => {
    it('are the same, with the same ids and dates, after a reload', async () => {
      const name = freshName();
      const before = await open(name);
      await before.send('hello');
      await before.send('and now?');

      const after = await open(name);
      await after.open(before.remoteId(), 4);
      expect(after.texts()).toEqual(['hello', '1: hello', 'and now?', '2: and now?']);
      expect(after.messages().map(({ id }) => id)).toEqual(before.messages().map(({ id }) => id));
      expect(after.messages()[0]!.createdAt).toEqual(before.messages()[0]!.createdAt);
      expect([...before.failures, ...after.failures]).toEqual([]);
    });

    it('keep every branch, and the thread reopens on the last', async () => {
      const name = freshName();
      const before = await open(name);
      await before.send('one');
      await before.send('two');
      await before.reload(3);
      await before.edit(2, 'TWO');

      const after = await open(name);
      await after.open(before.remoteId(), 4);
      expect(after.texts()).toEqual(['one', '1: one', 'TWO', '4: TWO']);
      const question = after.runtime.thread.getMessageByIndex(2);
      expect(question.getState()).toMatchObject({ branchNumber: 2, branchCount: 2 });
      question.switchToBranch({ position: 'previous' });
      expect(after.texts()).toEqual(['one', '1: one', 'two', '2: two']);
      const answer = after.runtime.thread.getMessageByIndex(3);
      expect(answer.getState()).toMatchObject({ branchNumber: 1, branchCount: 2 });
      answer.switchToBranch({ position: 'next' });
      expect(after.texts()).toEqual(['one', '1: one', 'two', '3: two']);
    });

    it('are branches of the session, each a whole conversation', async () => {
      const { store, send, reload, remoteId } = await open(freshName());
      await send('one');
      await reload(1);
      const leaves = await store.getLeaves(remoteId());
      const ends = await Promise.all(
        leaves.map(async ({ snapshotId }) => {
          const { state } = (await store.getSnapshot({ snapshotId }))!;
          return (state!.messages as unknown as Parameters<typeof textOf>[0][]).map(textOf);
        }),
      );
      expect(ends).toEqual([
        ['one', '2: one'],
        ['one', '1: one'],
      ]);
    });

    it('reopen on the branch that was chosen, and go on there', async () => {
      const name = freshName();
      const before = await open(name);
      await before.send('one');
      const old = before.messages()[1]!.id;
      await before.reload(1);
      await openThreadHistory(before.store, before.remoteId()).select(old);

      const middle = await open(name);
      await middle.open(before.remoteId(), 2);
      expect(middle.texts()).toEqual(['one', '1: one']);
      await middle.send('two');

      const after = await open(name);
      await after.open(before.remoteId(), 4);
      expect(after.texts()).toEqual(['one', '1: one', 'two', '1: two']);
    });

    it('of two tabs are branches, each whole', async () => {
      const name = freshName();
      const first = await open(name);
      await first.send('one');
      const [a, b] = [await open(name), await open(name)];
      await a.open(first.remoteId(), 2);
      await b.open(first.remoteId(), 2);
      await Promise.all([a.send('from a'), b.send('from b')]);

      const { messages } = await openThreadHistory(a.store, first.remoteId()).load();
      const parentOf = (text: string) =>
        messages.find(({ message }) => textOf(message) === text)?.parentId ?? undefined;
      const answer = first.messages()[1]!.id;
      expect([parentOf('from a'), parentOf('from b')]).toEqual([answer, answer]);
      expect(messages).toHaveLength(6);
    });

    it('can be read around a pruned beginning', async () => {
      const store = openStore({ maxPersistedChainLength: 2 });
      const history = openThreadHistory(store, 'trip');
      const { messages: saved } = await fill(history, ['a', 'b', 'c', 'd']);
      const { messages, headId } = await openThreadHistory(store, 'trip').load();
      expect(messages).toEqual(saved);
      expect(headId).toBe('d');
    });

    it('can be read around what is damaged', async () => {
      const name = freshName();
      const store = openStore({ name });
      const { messages } = await fill(openThreadHistory(store, 'trip'), ['a', 'b', 'c', 'd']);
      const [, second, , last] = await store.getHistory((await store.getHead('trip'))!.snapshotId);
      await store.close();

      await overwriteRow(name, 'snapshots', second!.snapshotId, ({ id }) => ({ id }));
      expect((await openThreadHistory(openStore({ name }), 'trip').load()).messages).toEqual(messages);
      await overwriteRow(name, 'snapshots', last!.snapshotId, (row) => ({ ...row, state: 'garbage' }));
      const rest = await openThreadHistory(openStore({ name }), 'trip').load();
      expect(rest.messages).toEqual(messages.slice(0, 3));
    });

    it('are rewritten in place when a paused run goes on, also under what continued them', async () => {
      const store = openStore();
      const history = openThreadHistory(store, 'trip');
      const { messages } = await fill(history, ['a', 'b', 'c']);
      const item = {
        ...messages[1]!,
        message: { ...messages[1]!.message, metadata: { custom: { done: true } } },
      };
      await history.update(item as (typeof messages)[0]);
      const loaded = (await openThreadHistory(store, 'trip').load()).messages;
      expect(loaded).toEqual([messages[0], item, messages[2]]);
      expect((await store.getSession('trip'))!.snapshotCount).toBe(3);
    });

    it('keep the configuration of their run', async () => {
      const store = openStore();
      const [message] = (await fill(openThreadHistory(store, 'trip'), ['a'])).messages;
      const item = { ...message!, runConfig: { custom: { model: 'large' } } };
      await openThreadHistory(store, 'trip').append(item);
      expect((await openThreadHistory(store, 'trip').load()).messages).toEqual([item]);
    });

    it('of another runtime are kept in its own format', async () => {
      const store = openStore();
      const format = {
        format: 'shouted/v1',
        encode: ({ message }: { message: string }) => ({ text: message.toUpperCase() }),
        decode: ({ parent_id, content }: { parent_id: string | null; content: { text: string } }) => ({
          parentId: parent_id,
          message: content.text.toLowerCase(),
        }),
        getId: (message: string) => message,
      };
      const history = openThreadHistory(store, 'trip').withFormat(format);
      await history.append({ parentId: null, message: 'hello' });
      await history.append({ parentId: 'hello', message: 'world' });
      await history.append({ parentId: 'hello', message: 'moon' });
      expect(await openThreadHistory(store, 'trip').withFormat(format).load()).toEqual({
        headId: 'moon',
        messages: [
          { parentId: null, message: 'hello' },
          { parentId: 'hello', message: 'world' },
          { parentId: 'hello', message: 'moon' },
        ],
      });
    });
  });

  describe('offshoot/assistant-ui: the list of threads', () => {
    it('shows the latest first, a page at a time', async () => {
      const name = freshName();
      const store = openStore({ name });
      for (const id of ['first', 'second', 'third']) await fill(openThreadHistory(store, id), ['a']);
      const { runtime } = await open(name, { pageSize: 2 });
      expect(runtime.threads.getState().threadIds).toEqual(['third', 'second']);
      expect(runtime.threads.getState().hasMore).toBe(true);
      await runtime.threads.loadMore();
      expect(runtime.threads.getState().threadIds).toEqual(['third', 'second', 'first']);
      expect(runtime.threads.getState().hasMore).toBe(false);
    });

    it('names a thread after its first question', async () => {
      const name = freshName();
      const page = await open(name);
      await page.send('Where to in May, when everybody else is at work and all is in blossom?');
      const title = 'Where to in May, when everybody else is at work and all is…';
      await eventually(() => page.runtime.threads.mainItem.getState().title === title, 'it has a title');
      const [info] = (await page.store.listSessions()).sessions;
      expect(info).toMatchObject({ sessionId: page.remoteId(), title });
    });

    it('names a thread as the application likes', async () => {
      const page = await open(freshName(), { titleOf: async ([message]) => `About ${textOf(message!)}` });
      await page.send('hi');
      await eventually(() => page.runtime.threads.mainItem.getState().title === 'About hi', 'it has a title');
    });

    it('renames, archives, brings back and deletes', async () => {
      const name = freshName();
      const page = await open(name);
      await page.send('hi');
      const id = page.remoteId();
      const listed = async () => (await open(name)).runtime.threads.getState();
      const item = () => page.runtime.threads.getItemById(id);

      await item().rename('Trip');
      expect((await listed()).threadItems[id]).toMatchObject({ title: 'Trip', status: 'regular' });
      await item().archive();
      expect(await listed()).toMatchObject({ threadIds: [], archivedThreadIds: [id] });
      await item().unarchive();
      expect(await listed()).toMatchObject({ threadIds: [id], archivedThreadIds: [] });
      await item().delete();
      expect(await listed()).toMatchObject({ threadIds: [], archivedThreadIds: [] });
      expect(await page.store.getSession(id)).toBeUndefined();
    });

    it("keeps the application's own data beside what it needs itself", async () => {
      const store = openStore();
      const threads = openThreadList(store);
      await fill(openThreadHistory(store, 'trip'), ['a']);
      await threads.updateCustom('trip', { colour: 'red' });
      await threads.archive('trip');
      const updatedAt = new Date((await store.getSession('trip'))!.updatedAt);
      const expected = {
        remoteId: 'trip',
        status: 'archived',
        custom: { colour: 'red' },
        lastMessageAt: updatedAt,
      };
      expect(await threads.fetch('trip')).toEqual({ ...expected, title: undefined });
      await threads.updateCustom('trip', undefined);
      expect(await threads.fetch('trip')).toMatchObject({ status: 'archived', custom: undefined });
    });
  });

  describe('offshoot/assistant-ui', () => {
    it('tells why a message could not be saved, which the framework does not', async () => {
      const page = await open(freshName());
      await page.send('one');
      const [question, answer] = page.messages();
      await page.store.deleteSession(page.remoteId());
      const history = page.threads.history(page.runtime.threads.mainItem);
      const item = { message: { ...question!, id: 'two' }, parentId: answer!.id };
      const refusal = await expectRefusal(() => history.append(item), 'NOT_FOUND', 'parentId');
      expect(page.failures).toEqual([refusal]);
    });

    it('refuses what it cannot keep, and says what to do', async () => {
      const store = openStore();
      const threads = openThreadList(store, { pageSize: 0 });
      await expectRefusal(() => openThreadList({} as typeof store), 'INVALID_ARGUMENT', 'store');
      await expectRefusal(() => openThreadHistory(store, ''), 'INVALID_ARGUMENT', 'thread');
      await expectRefusal(() => threads.list(), 'INVALID_ARGUMENT');
      await expectRefusal(() => threads.fetch('gone'), 'NOT_FOUND', 'threadId');
      await expectRefusal(() => threads.rename('gone', 'Trip'), 'NOT_FOUND');
      await expectRefusal(() => openThreadHistory(store, 'trip').select('gone'), 'NOT_FOUND', 'messageId');
      const item = { getState: () => ({}), initialize: () => Promise.reject(new Error('not now')) };
      await expectRefusal(() => threads.history(item).select('a'), 'NOT_FOUND', 'messageId');
      expect(await threads.history(item).load()).toEqual({ messages: [] });

      const messages = [{ role: 'user' as const, content: [{ text: 'hi' }] }];
      const createdAt = new Date().toISOString();
      await store.saveSnapshot('genkit', () => ({ sessionId: 'genkit', createdAt, state: { messages } }));
      await expectRefusal(
        () => openThreadHistory(store, 'genkit').load(),
        'FAILED_PRECONDITION',
        'state.messages.0',
      );
    });
  });
}

/** Saves messages with these ids, each the answer to the one before. */
async function fill(history: ReturnType<typeof openThreadHistory>, ids: string[]) {
  type Item = Parameters<typeof history.append>[0];
  const messages = ids.map((id, index): Item => ({
    parentId: ids[index - 1] ?? null,
    message: {
      id,
      role: 'user',
      createdAt: new Date(index),
      content: [{ type: 'text', text: id }],
      attachments: [],
      metadata: { custom: {} },
    },
  }));
  for (const item of messages) await history.append(item);
  return { messages };
}

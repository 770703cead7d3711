import { Chat } from '@ai-sdk/react';
import type { UIMessage } from 'ai';
import { describe, expect, it } from 'vitest';
import { openChat, type ChatSource } from '../../../src/adapters/ai-sdk/index.js';
import type { IndexedDBSessionStore } from '../../../src/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { Model, textOf } from './model.js';
import { withoutSecrets } from './without-secrets.js';

/** What a page does when it loads. */
async function openPage(name: string, source: ChatSource = { sessionId: 'trip' }) {
  const store = withoutSecrets(openStore({ name }));
  const failures: unknown[] = [];
  const stored = await openChat(store, source, { onSaveError: (error) => failures.push(error) });
  const model = new Model();
  const chat = new Chat<UIMessage>({ ...stored.init, transport: model });
  return {
    store,
    stored,
    model,
    chat,
    failures,
    texts: () => chat.messages.map(textOf),
    async send(text: string) {
      await chat.sendMessage({ text });
      await stored.settled();
      return stored.snapshotId!;
    },
    async regenerate(messageId?: string) {
      await chat.regenerate(messageId === undefined ? {} : { messageId });
      await stored.settled();
      return stored.snapshotId!;
    },
  };
}

const saved = async (store: IndexedDBSessionStore<any>, snapshotId: string) =>
  ((await store.getSnapshot({ snapshotId }))!.state!.messages as unknown as UIMessage[]).map(textOf);

/** Run in Node and in Chromium, with the `Chat` that `useChat` makes. */
export function describeAiSdk(): void {
  describe('offshoot/ai-sdk', () => {
    it('shows the same messages, with the same ids, after a reload', async () => {
      const name = freshName();
      const before = await openPage(name);
      expect(before.chat.id).toBe('trip');
      await before.send('hello');
      await before.send('and now?');

      const after = await openPage(name);
      expect(after.chat.messages).toEqual(before.chat.messages);
      expect(after.texts()).toEqual(['hello', '1: hello', 'and now?', '2: and now?']);
      await after.send('more');
      expect(after.model.asked).toEqual([['hello', '1: hello', 'and now?', '2: and now?', 'more']]);
      expect(await after.store.getLeaves('trip')).toHaveLength(1);
    });

    it('saves each turn as a child of the one before', async () => {
      const { store, send } = await openPage(freshName());
      const first = await send('one');
      const second = await send('two');

      expect(await store.getHistory(second)).toMatchObject([
        { snapshotId: first, status: 'completed', finishReason: 'stop' },
        { snapshotId: second, parentId: first },
      ]);
      expect(await saved(store, first)).toEqual(['one', '1: one']);
    });

    it('keeps an answer and the one that replaced it as two branches, both whole', async () => {
      const name = freshName();
      const { store, send, regenerate } = await openPage(name);
      const start = await send('one');
      const old = await send('two');
      const fresh = await regenerate();

      expect(await saved(store, old)).toEqual(['one', '1: one', 'two', '2: two']);
      expect(await saved(store, fresh)).toEqual(['one', '1: one', 'two', '3: two']);
      expect((await store.getTree('trip')).nodes.get(start)!.children).toEqual([old, fresh]);
      expect((await openPage(name)).texts()).toEqual(['one', '1: one', 'two', '3: two']);
    });

    it('branches from a page that was reloaded in between, however far up', async () => {
      const name = freshName();
      const before = await openPage(name);
      const first = await before.send('one');
      await before.send('two');
      await before.send('three');

      const after = await openPage(name);
      const fresh = await after.regenerate(after.chat.messages[3]!.id);
      expect(await saved(after.store, fresh)).toEqual(['one', '1: one', 'two', '1: two']);
      expect((await after.store.getHistory(fresh)).map(({ snapshotId }) => snapshotId)).toEqual([
        first,
        fresh,
      ]);
    });

    it('keeps the first answer beside the one that replaced it', async () => {
      const { store, send, regenerate } = await openPage(freshName());
      const old = await send('one');
      const fresh = await regenerate();
      expect((await store.getTree('trip')).roots).toEqual([old, fresh]);
    });

    it('keeps a question that was edited', async () => {
      const { store, chat, stored, send } = await openPage(freshName());
      const first = await send('one');
      const old = await send('two');
      const { id } = chat.messages[2]!;
      await chat.sendMessage({ text: 'TWO', messageId: id });
      await stored.settled();

      expect(await saved(store, old)).toEqual(['one', '1: one', 'two', '2: two']);
      expect(await saved(store, stored.snapshotId!)).toEqual(['one', '1: one', 'TWO', '3: TWO']);
      expect((await store.getTree('trip')).nodes.get(first)!.children).toHaveLength(2);
    });

    it('shows another branch, goes on there, and reopens there', async () => {
      const name = freshName();
      const { store, stored, chat, send, regenerate } = await openPage(name);
      const old = await send('one');
      await regenerate();
      chat.messages = await stored.show(old);
      expect(chat.messages.map(textOf)).toEqual(['one', '1: one']);
      expect((await openPage(name)).texts()).toEqual(['one', '1: one']);

      const next = await send('two');
      expect((await store.getSnapshot({ snapshotId: next }))!.parentId).toBe(old);
      expect((await openPage(name)).texts()).toEqual(['one', '1: one', 'two', '3: two']);
    });

    it('reopens on a new answer though another branch was selected', async () => {
      const name = freshName();
      const { stored, chat, send, regenerate } = await openPage(name);
      const old = await send('one');
      await regenerate();
      chat.messages = await stored.show(old);
      await regenerate();
      expect((await openPage(name)).texts()).toEqual(['one', '3: one']);
    });

    it('opens a conversation as it was after a turn, and branches off there', async () => {
      const name = freshName();
      const before = await openPage(name);
      const first = await before.send('one');
      const second = await before.send('two');

      const { store, texts, send } = await openPage(name, { snapshotId: first });
      expect(texts()).toEqual(['one', '1: one']);
      const other = await send('TWO');
      expect((await store.getTree('trip')).nodes.get(first)!.children).toEqual([second, other]);
    });

    it('keeps what two tabs go on with at the same time', async () => {
      const name = freshName();
      await (await openPage(name)).send('one');
      const [a, b] = [await openPage(name), await openPage(name)];
      await Promise.all([a.send('from a'), b.send('from b')]);

      const leaves = await a.store.getLeaves('trip');
      const ends = await Promise.all(leaves.map(({ snapshotId }) => saved(a.store, snapshotId)));
      expect(new Set(ends.map((texts) => texts[2]))).toEqual(new Set(['from a', 'from b']));
    });

    it('keeps an answer that was stopped, and says so', async () => {
      const name = freshName();
      const { store, stored, model, chat } = await openPage(name);
      model.stallsAfter = 2;
      const sending = chat.sendMessage({ text: 'a long story' });
      await expect.poll(() => chat.messages.length && textOf(chat.messages.at(-1)!)).toBe('1: a ');
      await chat.stop();
      await sending;
      await stored.settled();

      expect(await store.getHead('trip')).toMatchObject({ status: 'aborted', finishReason: 'aborted' });
      expect((await openPage(name)).texts()).toEqual(['a long story', '1: a ']);
    });

    it('keeps a question whose answer failed, and the old answer if a new one fails', async () => {
      const name = freshName();
      const { store, stored, model, chat, send, regenerate } = await openPage(name);
      model.failure = new Error('no network');
      await send('one');
      expect(await store.getHead('trip')).toMatchObject({ status: 'failed', finishReason: 'failed' });
      model.failure = undefined;
      const answered = await regenerate();

      model.failure = new Error('no network');
      await regenerate();
      expect(chat.messages.map(textOf)).toEqual(['one']);
      expect(stored.snapshotId).toBe(answered);
      expect((await openPage(name)).texts()).toEqual(['one', '1: one']);
    });

    it('saves all of a chat whose session was deleted meanwhile', async () => {
      const { store, send } = await openPage(freshName());
      await send('one');
      await store.deleteSession('trip');
      expect(await saved(store, await send('two'))).toEqual(['one', '1: one', 'two', '2: two']);
    });

    it('says that an answer could not be saved, and why', async () => {
      const { stored, chat, send, failures } = await openPage(freshName());
      await send('one');
      await chat.sendMessage({ text: 'a secret' });
      await stored.settled();
      expect(failures).toMatchObject([{ status: 'INVALID_ARGUMENT', path: 'state.messages' }]);
    });

    it('refuses what it cannot open, and says what to do', async () => {
      const store = openStore();
      await expectRefusal(() => openChat(store, {}), 'INVALID_ARGUMENT');
      await expectRefusal(() => openChat(store, { sessionId: 'a', snapshotId: 'b' }), 'INVALID_ARGUMENT');
      await expectRefusal(() => openChat(store, { sessionId: ' ' }), 'INVALID_ARGUMENT', 'sessionId');
      await expectRefusal(() => openChat(store, { snapshotId: 'gone' }), 'NOT_FOUND', 'snapshotId');
      await expectRefusal(
        () => openChat({} as typeof store, { sessionId: 'a' }),
        'INVALID_ARGUMENT',
        'store',
      );

      const createdAt = new Date().toISOString();
      const messages = [{ role: 'user' as const, content: [{ text: 'hi' }] }];
      await store.saveSnapshot('genkit', () => ({ sessionId: 'genkit', createdAt, state: { messages } }));
      await expectRefusal(
        () => openChat(store, { sessionId: 'genkit' }),
        'FAILED_PRECONDITION',
        'state.messages.0',
      );
      await store.saveSnapshot('loose', () => ({ createdAt }));
      await expectRefusal(
        () => openChat(store, { snapshotId: 'loose' }),
        'FAILED_PRECONDITION',
        'snapshotId',
      );
      const stored = await openChat(store, { sessionId: 'trip' });
      await expectRefusal(() => stored.show('genkit'), 'FAILED_PRECONDITION', 'snapshotId');
    });

    it('opens a session that does not exist yet as an empty chat, and writes nothing', async () => {
      const store = openStore();
      const stored = await openChat(store, { sessionId: 'trip' });
      expect(stored.init.messages).toEqual([]);
      expect(stored.snapshotId).toBeUndefined();
      expect(await store.getSession('trip')).toBeUndefined();
    });
  });
}

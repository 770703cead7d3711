import { Chat } from '@ai-sdk/react';
import { readUIMessageStream, type UIMessage } from 'ai';
import { describe, expect, it } from 'vitest';
import { openChat, type ChatSource, type ShownChat } from '../../../src/adapters/ai-sdk/index.js';
import type { IndexedDBSessionStore } from '../../../src/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { textOf } from './model.js';
import { withoutSecrets } from './without-secrets.js';
import { SpokenModel } from './spoken-model.js';

/** What a page does when it loads. */
async function openPage(name: string, source: ChatSource = { sessionId: 'trip' }) {
  const store = withoutSecrets(openStore({ name }));
  const model = new SpokenModel();
  const failures: unknown[] = [];
  const stored = await openChat(store, source, {
    transport: model,
    readUIMessageStream,
    onSaveError: (error) => failures.push(error),
  });
  const chat = new Chat<UIMessage>(stored.init);
  /** Asks, and waits until the server was asked; resolves to the promise of the answer's end. */
  async function ask(text: string) {
    const asked = model.requests.length + 1;
    const ended = chat.sendMessage({ text });
    await expect.poll(() => model.requests.length).toBe(asked);
    return { ended };
  }
  return { store, stored, model, chat, failures, ask };
}

const texts = (messages: UIMessage[] | undefined) => (messages ?? []).map(textOf);

async function head(store: IndexedDBSessionStore<any>) {
  const found = await store.getHead('trip');
  const snapshot = found && (await store.getSnapshot({ snapshotId: found.snapshotId }));
  const messages = texts(snapshot?.state?.messages as unknown as UIMessage[]);
  return { status: snapshot?.status, finishReason: snapshot?.finishReason, messages };
}

/** Run in Node and in Chromium, with the `Chat` that `useChat` makes. */
export function describeSaving(): void {
  describe('offshoot/ai-sdk with a transport', () => {
    it('saves the question when it is sent, before any answer', async () => {
      const { store, model, ask, stored } = await openPage(freshName());
      const { ended } = await ask('hello');
      await expect.poll(() => head(store)).toMatchObject({ status: 'pending', messages: ['hello'] });
      expect(stored.status).toBe('pending');
      expect(model.requests[0]).toMatchObject({ chatId: 'trip', trigger: 'submit-message' });
      model.begin('hi');
      model.end();
      await ended;
    });

    it('saves an answer while it streams, in one snapshot, with the ids that the chat shows', async () => {
      const name = freshName();
      const { store, model, ask, chat, stored, failures } = await openPage(name);
      const { ended } = await ask('a story');
      model.begin('Once ');
      await expect.poll(() => head(store)).toMatchObject({ messages: ['a story', 'Once '] });
      model.go('upon ');
      model.go('a time');
      await expect
        .poll(() => head(store))
        .toMatchObject({ status: 'pending', messages: ['a story', 'Once upon a time'] });
      model.end();
      await ended;
      await stored.settled();

      const done = { status: 'completed', finishReason: 'stop', messages: ['a story', 'Once upon a time'] };
      expect(await head(store)).toEqual(done);
      expect((await store.getTree('trip')).nodes.size).toBe(1);
      expect((await openPage(name)).chat.messages).toEqual(chat.messages);
      expect(failures).toEqual([]);
    });

    it('saves all kinds of parts as the chat shows them', async () => {
      const name = freshName();
      const { model, ask, chat, stored, failures } = await openPage(name);
      const { ended } = await ask('weather?');
      const call = { toolCallId: 'call', toolName: 'weather' };
      model.say(
        { type: 'start', messageId: 'of-the-server', messageMetadata: { model: 'm' } },
        { type: 'start-step' },
        { type: 'reasoning-start', id: 'why' },
        { type: 'reasoning-delta', id: 'why', delta: 'let ' },
        { type: 'reasoning-delta', id: 'why', delta: 'me see' },
        { type: 'reasoning-end', id: 'why' },
        { type: 'tool-input-start', ...call },
        { type: 'tool-input-delta', toolCallId: 'call', inputTextDelta: '{"in' },
        { type: 'tool-input-delta', toolCallId: 'call', inputTextDelta: '":"Oslo"}' },
        { type: 'tool-input-available', ...call, input: { in: 'Oslo' }, providerExecuted: true },
        { type: 'tool-output-available', toolCallId: 'call', output: { degrees: 3 } },
        { type: 'data-map', id: 'map', data: { zoom: 1 } },
        { type: 'data-map', id: 'map', data: { zoom: 2 } },
        { type: 'source-url', sourceId: 's', url: 'https://example.org' },
        { type: 'text-start', id: 'a' },
        { type: 'text-start', id: 'b' },
        { type: 'text-delta', id: 'a', delta: '3 ' },
        { type: 'text-delta', id: 'b', delta: 'in ' },
        { type: 'text-delta', id: 'a', delta: 'degrees' },
        { type: 'text-delta', id: 'b', delta: 'Oslo', providerMetadata: { p: { mark: 1 } } },
        { type: 'text-end', id: 'a' },
        { type: 'text-end', id: 'b' },
        { type: 'finish', finishReason: 'stop', messageMetadata: { tokens: 12 } },
      );
      // What the stream alone tells, before the chat's `onFinish`.
      await expect.poll(() => chat.messages.at(-1)?.metadata).toEqual({ model: 'm', tokens: 12 });
      const shown = async () => (await openPage(name)).chat.messages;
      await expect.poll(shown).toEqual(chat.messages);
      expect(texts(chat.messages)).toEqual(['weather?', '3 degreesin Oslo']);
      expect(chat.messages[1]).toMatchObject({ id: 'of-the-server' });
      await chat.stop();
      await ended;
      await stored.settled();
      expect(failures).toEqual([]);
    });

    it('opens a chat whose tab died as expired, with what had been answered, and answers it again', async () => {
      const name = freshName();
      // No tab dies in this test: a heartbeat of long ago is what one leaves behind.
      const before = openStore({ name });
      const said = (id: string, role: string, text: string) => ({
        id,
        role,
        parts: [{ type: 'text', text }],
      });
      const messages = [said('q', 'user', 'a story'), said('a', 'assistant', 'Once ')] as never;
      const long = '2020-01-01T00:00:00.000Z';
      const died = await before.saveSnapshot(undefined, () => ({
        sessionId: 'trip',
        createdAt: long,
        heartbeatAt: long,
        status: 'pending',
        state: { messages },
      }));

      const { store, stored, chat, model } = await openPage(name);
      expect(stored.status).toBe('expired');
      expect(texts(chat.messages)).toEqual(['a story', 'Once ']);
      const ended = chat.regenerate();
      await expect.poll(() => model.requests.length).toBe(1);
      model.begin('A frog');
      await expect
        .poll(() => head(store))
        .toMatchObject({ status: 'pending', messages: ['a story', 'A frog'] });
      model.end();
      await ended;
      await stored.settled();
      expect((await store.getTree('trip')).roots).toEqual([died, stored.snapshotId]);
    });

    it('keeps the answer of before while a new one has not begun, and if it fails', async () => {
      const { store, model, ask, chat, stored } = await openPage(freshName());
      const { ended } = await ask('one');
      model.begin('first');
      model.end();
      await ended;
      await stored.settled();
      const again = chat.regenerate();
      await expect.poll(() => model.requests.length).toBe(2);
      model.fail(new Error('no network'));
      await again;
      await stored.settled();
      expect(await head(store)).toMatchObject({ status: 'completed', messages: ['one', 'first'] });
      expect((await store.getTree('trip')).nodes.size).toBe(1);

      const third = chat.regenerate();
      await expect.poll(() => model.requests.length).toBe(3);
      model.begin('second');
      model.end();
      await third;
      await stored.settled();
      expect(await head(store)).toMatchObject({ status: 'completed', messages: ['one', 'second'] });
      expect((await store.getTree('trip')).roots).toHaveLength(2);
    });

    it('tells answers that were stopped, that failed, and that the server gave up', async () => {
      const { store, model, ask, chat, stored } = await openPage(freshName());
      const first = await ask('one');
      model.begin('so far ');
      await expect.poll(() => texts(chat.messages)).toEqual(['one', 'so far ']);
      await chat.stop();
      await first.ended;
      await stored.settled();
      const all = ['one', 'so far '];
      expect(await head(store)).toEqual({ status: 'aborted', finishReason: 'aborted', messages: all });

      const second = await ask('two');
      model.begin('and ');
      model.say({ type: 'error', errorText: 'too many tokens' });
      await second.ended;
      await stored.settled();
      all.push('two', 'and ');
      expect(await head(store)).toEqual({ status: 'failed', finishReason: 'failed', messages: all });
      const { error } = (await store.getSnapshot({ sessionId: 'trip' }))!;
      expect(error).toEqual({ message: 'too many tokens' });

      const third = await ask('three');
      model.begin('well ');
      model.say({ type: 'abort' });
      model.end();
      await third.ended;
      await stored.settled();
      expect(await head(store)).toMatchObject({ status: 'aborted', messages: [...all, 'three', 'well '] });
      expect(await store.getLeaves('trip')).toHaveLength(1);
    });

    it('ends in the database by itself, where an app has an onFinish of its own', async () => {
      const name = freshName();
      const { store, stored, model } = await openPage(name);
      const chat = new Chat<UIMessage>({ ...stored.init, onFinish: () => {} });
      const ended = chat.sendMessage({ text: 'hello' });
      await expect.poll(() => model.requests.length).toBe(1);
      model.begin('hi');
      model.end();
      await ended;
      await stored.settled();
      expect(await head(store)).toMatchObject({ status: 'completed', messages: ['hello', 'hi'] });
      expect((await openPage(name)).chat.messages).toEqual(chat.messages);
    });

    it('streams on when nothing can be saved, and tells why', async () => {
      const { store, model, chat, stored, failures } = await openPage(freshName());
      const ended = chat.sendMessage({ text: 'a secret' });
      await expect.poll(() => model.requests.length).toBe(1);
      model.begin('first');
      model.end();
      await ended;
      await stored.settled();
      expect(texts(chat.messages)).toEqual(['a secret', 'first']);
      expect(await store.getSession('trip')).toBeUndefined();
      expect(failures[0]).toMatchObject({
        status: 'INVALID_ARGUMENT',
        path: 'state.messages',
      });
    });

    it('streams on when the store was closed in the middle of an answer, and tells why', async () => {
      const name = freshName();
      const { store, model, chat, ask, stored, failures } = await openPage(name);
      const { ended } = await ask('one');
      model.begin('so ');
      await expect.poll(() => head(store)).toMatchObject({ messages: ['one', 'so '] });
      await store.close();
      model.go('far');
      model.end();
      await ended;
      await stored.settled();
      expect(texts(chat.messages)).toEqual(['one', 'so far']);
      expect(failures.at(-1)).toMatchObject({ status: 'FAILED_PRECONDITION' });
    });

    it('stops an answer that another tab has ended, which stays as that tab left it', async () => {
      const name = freshName();
      const { store, model, chat, ask, stored, failures } = await openPage(name);
      const { ended } = await ask('one');
      model.begin('so ');
      await expect.poll(() => head(store)).toMatchObject({ messages: ['one', 'so '] });
      const other = openStore({ name });
      await other.saveSnapshot(stored.snapshotId, (current) => ({ ...current!, status: 'aborted' }));
      model.go('far');
      await ended;
      await stored.settled();
      expect(model.requests[0]!.abortSignal!.aborted).toBe(true);
      expect(chat.status).toBe('ready');
      expect(await head(store)).toMatchObject({ status: 'aborted', messages: ['one', 'so '] });
      expect(failures).toEqual([]);

      const next = await ask('two');
      model.begin('again');
      model.end();
      await next.ended;
      await stored.settled();
      expect(await store.getLeaves('trip')).toHaveLength(1);
    });

    it('leaves a session deleted that is deleted in the middle of an answer', async () => {
      const name = freshName();
      const { store, model, ask, stored, failures } = await openPage(name);
      const { ended } = await ask('one');
      model.begin('so ');
      await expect.poll(() => head(store)).toMatchObject({ messages: ['one', 'so '] });
      await openStore({ name }).deleteSession('trip');
      model.go('far');
      await ended;
      await stored.settled();
      expect(await store.getSession('trip')).toBeUndefined();
      expect(failures).toEqual([]);
      expect(stored.snapshotId).toBeUndefined();
    });

    it('shows another tab the question, the growing answer and its end, which it can continue', async () => {
      const name = freshName();
      const [a, b] = [await openPage(name), await openPage(name)];
      const seen: ShownChat[] = [];
      const end = b.stored.watch((shown) => {
        seen.push(shown);
        b.chat.messages = shown.messages;
      });
      const { ended } = await a.ask('a story');
      await expect.poll(() => texts(b.chat.messages)).toEqual(['a story']);
      a.model.begin('Once ');
      await expect.poll(() => texts(b.chat.messages)).toEqual(['a story', 'Once ']);
      expect(seen.at(-1)).toMatchObject({ status: 'pending', snapshotId: a.stored.snapshotId });
      a.model.go('upon a time');
      a.model.end();
      await ended;
      await expect.poll(() => seen.at(-1)?.status).toBe('completed');
      expect(b.chat.messages).toEqual(a.chat.messages);

      const next = await b.ask('go on');
      b.model.begin('there was');
      b.model.end();
      await next.ended;
      await b.stored.settled();
      expect(await b.store.getLeaves('trip')).toHaveLength(1);
      expect(await b.store.getHistory(b.stored.snapshotId!)).toHaveLength(2);
      // Its own answers are no news to a tab.
      expect(seen.at(-1)!.messages).toHaveLength(2);
      end();
      await a.store.deleteSession('trip');
      await b.stored.settled();
      expect(texts(b.chat.messages)).toHaveLength(4);
    });

    it('passes a reconnection on, and what belongs to the transport', async () => {
      const { model, chat, stored } = await openPage(freshName());
      await chat.resumeStream();
      expect(model.reconnects).toMatchObject([{ chatId: 'trip' }]);
      let closed = 0;
      const inner = Object.assign(new SpokenModel(), { resumeStreamIsReplay: true, close: () => closed++ });
      const other = await openChat(
        openStore(),
        { sessionId: 'a' },
        { transport: inner, readUIMessageStream },
      );
      expect(other.init.transport).toMatchObject({ resumeStreamIsReplay: true });
      // Newer chats call it.
      (other.init.transport as Partial<{ close: () => void }>).close!();
      expect(closed).toBe(1);
      await stored.settled();
    });

    it('refuses a transport that is none, or without the function that reads it', async () => {
      const store = openStore();
      const source = { sessionId: 'trip' };
      const transport = new SpokenModel();
      const read = 'options.readUIMessageStream';
      await expectRefusal(() => openChat(store, source, { transport }), 'INVALID_ARGUMENT', read);
      await expectRefusal(
        () => openChat(store, source, { transport: {} as SpokenModel, readUIMessageStream }),
        'INVALID_ARGUMENT',
        'options.transport',
      );
      const stored = await openChat(store, source);
      expect(stored.init).not.toHaveProperty('transport');
      await expectRefusal(async () => stored.watch(5 as never), 'INVALID_ARGUMENT', 'callback');
    });
  });
}

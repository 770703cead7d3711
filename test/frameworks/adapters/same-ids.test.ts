import { Chat } from '@ai-sdk/react';
import { ChatClient } from '@tanstack/ai-client';
import type { UIMessage } from 'ai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChat } from '../../../src/adapters/ai-sdk/index.js';
import { openThreadHistory, type StoredThreadHistory } from '../../../src/adapters/assistant-ui/index.js';
import { openChatPersistence } from '../../../src/adapters/tanstack-ai/index.js';
import { freshName, openStore } from '../../stores/open-store.js';

const ID = 'chatcmpl-0';

const textOf = ({ parts }: { parts: readonly unknown[] }) =>
  (parts as { type: string; text?: string; content?: string }[])
    .map((part) => (part.type === 'text' ? (part.text ?? part.content) : ''))
    .join('');

/** All branches of the session, each as the texts of its messages. */
async function branches(name: string): Promise<string[][]> {
  const store = openStore({ name });
  const { leaves } = await store.getTree('t');
  const states = await Promise.all(leaves.map((snapshotId) => store.getSnapshot({ snapshotId })));
  return states
    .map((snapshot) =>
      (snapshot!.state!.messages as any[]).map((m) => textOf({ parts: m.parts ?? m.content })),
    )
    .sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

describe('Answers of a server that gives all of them one id', () => {
  it('are branches and turns in the AI SDK', async () => {
    const name = freshName();
    let answers = 0;
    const transport = {
      sendMessages: async () => {
        const delta = `${++answers}: answer`;
        return new ReadableStream({
          start(controller) {
            controller.enqueue({ type: 'start', messageId: ID });
            controller.enqueue({ type: 'text-start', id: 'text' });
            for (const word of delta.split(/(?<= )/))
              controller.enqueue({ type: 'text-delta', id: 'text', delta: word });
            controller.enqueue({ type: 'text-end', id: 'text' });
            controller.enqueue({ type: 'finish', finishReason: 'stop' });
            controller.close();
          },
        });
      },
      reconnectToStream: async () => null,
    };
    const stored = await openChat(openStore({ name }), { sessionId: 't' });
    const chat = new Chat<UIMessage>({ ...stored.init, transport, generateId: () => 'constant' });
    await chat.sendMessage({ text: 'one' });
    await chat.regenerate();
    await stored.settled();
    expect(await branches(name)).toEqual([
      ['one', '1: answer'],
      ['one', '2: answer'],
    ]);
    const shown = async () =>
      (await openChat(openStore({ name }), { sessionId: 't' })).init.messages.map(textOf);
    expect(await shown()).toEqual(['one', '2: answer']);

    stored.init.onFinish({
      messages: [
        ...chat.messages,
        { id: 'constant', role: 'user', parts: [{ type: 'text', text: 'two' }] },
        answer('3'),
      ],
      finishReason: 'stop',
    } as never);
    stored.init.onFinish({
      messages: [
        ...chat.messages,
        { id: 'constant', role: 'user', parts: [{ type: 'text', text: 'two' }] },
        answer('4'),
      ],
      finishReason: 'stop',
    } as never);
    await stored.settled();
    expect(await branches(name)).toEqual([
      ['one', '1: answer'],
      ['one', '2: answer', 'two', '3'],
      ['one', '2: answer', 'two', '4'],
    ]);
    expect(await shown()).toEqual(['one', '2: answer', 'two', '4']);
  });

  it('are told apart by their tool calls and files, where they have no text', async () => {
    const name = freshName();
    const stored = await openChat(openStore({ name }), { sessionId: 't' });
    const question = { id: 'q', role: 'user', parts: [{ type: 'text', text: 'one' }] };
    const finish = (...parts: object[]) =>
      stored.init.onFinish({
        messages: [question, { id: ID, role: 'assistant', parts }],
        finishReason: 'stop',
      } as never);
    finish({ type: 'tool-weather', toolCallId: 'call-1', state: 'input-available' });
    // Its tool is done: the same answer goes on.
    finish(
      { type: 'tool-weather', toolCallId: 'call-1', state: 'output-available' },
      { type: 'text', text: 'sunny' },
    );
    finish({ type: 'tool-weather', toolCallId: 'call-2', state: 'input-available' });
    finish({ type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AAAA' });
    finish({ type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,BBBB' });
    await stored.settled();
    const { roots, leaves } = await openStore({ name }).getTree('t');
    expect([roots.length, leaves.length]).toEqual([4, 4]);
  });

  it('are branches and turns in TanStack AI, also where the client skips what is between', async () => {
    const name = freshName();
    let answers = 0;
    const connection = {
      async *connect(): AsyncIterable<any> {
        const run = { runId: `run-${++answers}`, threadId: 't', timestamp: 0 };
        yield { type: 'RUN_STARTED', ...run };
        yield { type: 'TEXT_MESSAGE_START', messageId: ID, role: 'assistant', timestamp: 0 };
        for (const delta of [`${answers}: `, 'ans', 'wer']) {
          yield { type: 'TEXT_MESSAGE_CONTENT', messageId: ID, delta, timestamp: 0 };
        }
        yield { type: 'TEXT_MESSAGE_END', messageId: ID, timestamp: 0 };
        yield { type: 'RUN_FINISHED', ...run, finishReason: 'stop' };
      },
    };
    const persistence = openChatPersistence(openStore({ name }));
    const client = new ChatClient({ threadId: 't', persistence, connection: connection as never });
    onTestFinished(() => client.stop());
    const settled = () =>
      expect
        .poll(async () => JSON.stringify((await persistence.getItem('t'))?.messages.map(textOf)), {
          timeout: 10_000,
        })
        .toBe(JSON.stringify(client.getMessages().map(textOf)));
    await client.sendMessage('one');
    await settled();
    await client.reload();
    await settled();
    expect(await branches(name)).toEqual([
      ['one', '1: answer'],
      ['one', '2: answer'],
    ]);
    expect((await openStore({ name }).getTree('t')).nodes.size).toBe(2);

    const [question] = client.getMessages();
    for (const text of ['x', 'y', 'y and more']) {
      await persistence.setItem('t', {
        messages: [question!, { id: ID, role: 'assistant', parts: [{ type: 'text', content: text }] }],
      });
    }
    expect(await branches(name)).toEqual([
      ['one', '1: answer'],
      ['one', '2: answer'],
      ['one', 'x'],
      ['one', 'y and more'],
    ]);
  });

  it('are branches and turns in assistant-ui, whose runtime can show them after a reload', async () => {
    const name = freshName();
    type Item = Parameters<StoredThreadHistory['append']>[0];
    const item = (id: string, role: string, text: string, parentId: string | null) =>
      ({ parentId, message: { id, role, content: [{ type: 'text', text }] } }) as unknown as Item;
    const history = openThreadHistory(openStore({ name }), 't');
    await history.append(item('u1', 'user', 'one', null));
    await history.append(item(ID, 'assistant', 'first', 'u1'));
    // A run that was paused goes on.
    await history.update(item(ID, 'assistant', 'first answer', 'u1'));
    await history.append(item(ID, 'assistant', 'another', 'u1'));
    await history.append(item('u2', 'user', 'two', ID));
    await history.append(item(ID, 'assistant', 'second', 'u2'));
    await history.append(item('u3', 'user', 'three', ID));
    await history.append(item(ID, 'assistant', 'third', 'u3'));
    await history.update(item(ID, 'assistant', 'second, longer', 'u2'));
    expect(await branches(name)).toEqual([
      ['one', 'another', 'two', 'second', 'three', 'third'],
      ['one', 'first answer'],
    ]);

    const again = openThreadHistory(openStore({ name }), 't');
    const { messages, headId } = await again.load();
    const ids = messages.map(({ message }) => message.id);
    expect(new Set(ids).size).toBe(7);
    const textAt = (id: string | null) =>
      textOf({ parts: messages.find(({ message }) => message.id === id)?.message.content ?? [] });
    expect(
      messages.map(({ message, parentId }) => [textOf({ parts: message.content }), textAt(parentId)]),
    ).toEqual([
      ['one', ''],
      ['first answer', 'one'],
      ['another', 'one'],
      ['two', 'another'],
      ['second, longer', 'two'],
      ['three', 'second, longer'],
      ['third', 'three'],
    ]);
    expect(textAt(headId!)).toBe('third');
    // After a reload the server goes on as before.
    await again.append(item('u4', 'user', 'four', headId!));
    await again.append(item(ID, 'assistant', 'fourth', 'u4'));
    expect((await branches(name)).at(0)).toEqual([
      'one',
      'another',
      'two',
      'second',
      'three',
      'third',
      'four',
      'fourth',
    ]);
  });
});

function answer(text: string) {
  return { id: ID, role: 'assistant', parts: [{ type: 'text', text }] };
}

import { useChat, type UseChatHelpers } from '@ai-sdk/react';
import type { UIMessage } from 'ai';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, onTestFinished, test } from 'vitest';
import { openChat } from '../../../src/adapters/ai-sdk/index.js';
import type { IndexedDBSessionStore } from '../../../src/index.js';
import { openStore } from '../../stores/open-store.js';
import { Model, textOf } from './model.js';

/** Shows a component that uses the hook. */
async function show(store: IndexedDBSessionStore<any>) {
  const stored = await openChat(store, { sessionId: 'trip' });
  const transport = new Model();
  let chat!: UseChatHelpers<UIMessage>;
  function Trip() {
    chat = useChat({ ...stored.init, transport });
    return createElement('p', {}, chat.messages.map(textOf).join(' | '));
  }
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  root.render(createElement(Trip));
  onTestFinished(() => root.unmount());
  await expect.poll(() => chat).toBeDefined();
  return { stored, place, chat: () => chat };
}

test('useChat shows what was saved, and a branch that is shown instead', async () => {
  const store = openStore();
  const before = await show(store);
  await before.chat().sendMessage({ text: 'one' });
  await before.chat().regenerate();
  await before.stored.settled();

  const { stored, place, chat } = await show(store);
  await expect.poll(() => place.textContent).toBe('one | 2: one');
  const [, old] = (await store.getTree('trip')).leaves;
  chat().setMessages(await stored.show(old!));
  await expect.poll(() => place.textContent).toBe('one | 1: one');

  await chat().sendMessage({ text: 'two' });
  await stored.settled();
  expect(place.textContent).toBe('one | 1: one | two | 1: two');
  expect((await store.getHead('trip'))!.parentId).toBe(old);
});

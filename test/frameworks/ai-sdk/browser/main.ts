import { useChat, type UseChatHelpers } from '@ai-sdk/react';
import { readUIMessageStream, type UIMessage } from 'ai';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { openChat } from '../../../../src/adapters/ai-sdk/index.js';
import { IndexedDBSessionStore } from '../../../../src/index.js';
import { textOf } from '../model.js';
import { SpokenModel } from '../spoken-model.js';

declare global {
  interface Window {
    /** What the user of a tab does, and its server. */
    chatTab: { ask(text: string): void; regenerate(): void; isAsked(): boolean; model: SpokenModel };
  }
}

const store = new IndexedDBSessionStore({ name: 'ai-sdk' });
const model = new SpokenModel();
const stored = await openChat(store, { sessionId: 'trip' }, { transport: model, readUIMessageStream });
let chat!: UseChatHelpers<UIMessage>;

function Trip() {
  chat = useChat(stored.init);
  const { messages, setMessages, status } = chat;
  useEffect(() => stored.watch((shown) => setMessages(shown.messages)), [setMessages]);
  const lines = messages.map((message) => createElement('li', { key: message.id }, textOf(message)));
  return createElement('main', {}, createElement('ol', {}, lines), createElement('output', {}, status));
}

window.chatTab = {
  ask: (text) => void chat.sendMessage({ text }),
  regenerate: () => void chat.regenerate(),
  isAsked: () => model.requests.length > 0,
  model,
};
const place = document.querySelector('#root')!;
place.setAttribute('data-status', stored.status ?? 'new');
createRoot(place).render(createElement(Trip));

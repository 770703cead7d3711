import { expect, test } from 'vitest';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import { openThreadHistory } from '../../src/adapters/assistant-ui/index.js';
import { openChatPersistence } from '../../src/adapters/tanstack-ai/index.js';
import { openStore } from '../stores/open-store.js';

const message = { id: 'a', role: 'user', parts: [{ type: 'text', text: 'Where to in May?' }] };
const naming = (versions: string, path: string) => ({
  status: 'INVALID_ARGUMENT',
  path,
  message: expect.stringContaining(versions),
});

test('what ai 5.0 passes to onFinish is refused, and the versions named', async () => {
  const store = openStore();
  const errors: unknown[] = [];
  const onSaveError = (error: unknown) => void errors.push(error);
  const chat = await openChat(store, { sessionId: 's' }, { onSaveError });
  chat.init.onFinish({ message } as never);
  await chat.settled();
  expect(errors).toMatchObject([naming('`ai` 6 and later', 'finish.messages')]);
  expect(await store.getSession('s')).toBeUndefined();
});

test('what @tanstack/ai-client 0.22 saves is refused, and the versions named', async () => {
  const store = openStore();
  const { setItem } = openChatPersistence(store);
  await expect(setItem('s', [message] as never)).rejects.toMatchObject(
    naming('@tanstack/ai-client saves from 0.23', 'state'),
  );
  expect(await store.getSession('s')).toBeUndefined();
});

test('a thread of another @assistant-ui/react is refused, and the version named', () => {
  const thread = { getState: () => ({ threadId: 's' }) };
  expect(() => openThreadHistory(openStore(), thread as never)).toThrow(
    expect.objectContaining(naming('@assistant-ui/react 0.15', 'thread')),
  );
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import { openThreadList } from '../../src/adapters/assistant-ui/index.js';
import { openChatPersistence } from '../../src/adapters/tanstack-ai/index.js';
import { openStore } from '../stores/open-store.js';

const thrown = new Error('of the one who is told');
const onError = () => {
  throw thrown;
};

let reported: unknown[];
beforeEach(() => {
  reported = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
});
afterEach(() => vi.unstubAllGlobals());

const said = (id: string) => ({ id, role: 'user' as const, parts: [{ type: 'text' as const, text: id }] });

test('an onSaveError that throws keeps no later answer of the AI SDK from being saved', async () => {
  const store = openStore();
  const stored = await openChat(store, { sessionId: 's' }, { onSaveError: onError });
  const finish = (messages: unknown) =>
    stored.init.onFinish({ messages, isAbort: false, isDisconnect: false, isError: false } as never);
  finish('no messages');
  finish([said('a')]);
  await stored.settled();
  expect(reported).toEqual([thrown]);
  expect((await store.getSnapshot({ sessionId: 's' }))?.state?.messages).toMatchObject([{ id: 'a' }]);
});

test('an onError that throws does not stand for what went wrong, with TanStack AI', async () => {
  const persistence = openChatPersistence(openStore(), { onError });
  const saving = Promise.resolve(persistence.setItem('s', { messages: 'none' } as never));
  await expect(saving).rejects.toMatchObject({ status: 'INVALID_ARGUMENT' });
  expect(reported).toEqual([thrown]);
});

test('an onError that throws does not stand for what went wrong, with assistant-ui', async () => {
  const threads = openThreadList(openStore(), { useAui: () => ({}) as never, onError });
  const item = { getState: () => ({ remoteId: 's' }), initialize: async () => ({ remoteId: 's' }) };
  const message = { id: 'm', role: 'user', content: [] };
  const saving = threads.history(item).append({ parentId: 'gone', message } as never);
  await expect(saving).rejects.toMatchObject({ status: 'NOT_FOUND' });
  expect(reported).toEqual([thrown]);
});

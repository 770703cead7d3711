import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import { openThreadHistory } from '../../src/adapters/assistant-ui/index.js';
import { IndexedDBSessionStore } from '../../src/index.js';
import { freshName, openStore } from '../stores/open-store.js';
import { ODD } from './odd.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const turn = () => ({ createdAt: '2026-01-01T00:00:00Z', state: { custom: 1 } });

test.each([
  ['none in their list', [], 'state.custom: does not pass options.stateSchema'],
  ['a number for a list', 5, 'state.custom: does not pass options.stateSchema'],
  ['one without a path', [{ message: 'too small' }], 'state.custom: too small'],
  ['a path that is no list', [{ message: 'too small', path: 5 }], 'state.custom: too small'],
  ['nothing in a path', [{ message: 'too small', path: [null, 'a'] }], 'state.custom.a: too small'],
])('A custom state is refused whatever its schema calls issues: %s', async (_, issues, message) => {
  const stateSchema: any = { '~standard': { version: 1, vendor: 'own', validate: () => ({ issues }) } };
  const store = new IndexedDBSessionStore({ name: freshName(), stateSchema });
  const saved = store.saveSnapshot('a', turn);
  await expect(saved).rejects.toMatchObject({
    status: 'INVALID_ARGUMENT',
    message: `INVALID_ARGUMENT: ${message}`,
  });
  expect(await store.getSnapshot({ snapshotId: 'a' })).toBeUndefined();
  await store.close();
});

test('A message with a hole among its parts is saved, and the answer after it', async () => {
  const failures: unknown[] = [];
  const store = openStore();
  const chat = await openChat(store, { sessionId: 's' }, { onSaveError: (error) => failures.push(error) });
  const answer = { id: '1', role: 'assistant', parts: [undefined, { type: 'text', text: 'Hi' }] };
  const next = { id: '2', role: 'user', parts: [{ type: 'text', text: 'And?' }] };
  for (const messages of [[answer], [answer, next]]) chat.init.onFinish({ messages } as never);
  await chat.settled();
  expect(failures).toEqual([]);
  expect((await store.getSnapshot({ sessionId: 's' }))?.state?.messages).toEqual([answer, next]);
});

test('What a runtime with a format of its own saves is refused as what it is', async () => {
  const history = openThreadHistory(openStore(), 's').withFormat<any, any>({
    format: 'own',
    encode: ({ message }) => message,
    decode: ({ content }) => content,
    getId: (message) => message?.id,
  });
  const odd = ODD.filter(([, value]) => typeof value !== 'object' || value === null);
  for (const [, item] of odd) {
    await expect(history.append(item as never)).rejects.toMatchObject({ status: 'INVALID_ARGUMENT' });
    await expect(history.update!(item as never, 'm')).rejects.toMatchObject({ status: 'INVALID_ARGUMENT' });
  }
});

test('An object that does not tell its keys asks for no snapshot', async () => {
  const options = new Proxy({}, { ownKeys: () => Reflect.ownKeys(undefined as never) });
  const asked = openStore().getSnapshot(options);
  await expect(asked).rejects.toMatchObject({ status: 'INVALID_ARGUMENT', path: 'options' });
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { IndexedDBSessionStore, type SnapshotInfo } from '../../../src/index.js';
import { createAgent, textOf } from './agent.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** What a page does when it loads: a store on the database that is there, and an agent that uses it. */
function open() {
  const store = new IndexedDBSessionStore();
  onTestFinished(() => store.close());
  const { agent, ...model } = createAgent(store);
  const texts = async (snapshotId: string) =>
    ((await store.getSnapshot({ snapshotId }))?.state?.messages ?? []).map(textOf);
  const leaves = async (sessionId: string) =>
    (await store.getLeaves(sessionId)).map(({ snapshotId }) => snapshotId);
  return { store, agent, model, texts, leaves };
}

/** Starts a turn in the background and returns once the model works on it. */
async function detachTurn({ model }: ReturnType<typeof open>, chat: Chat, text: string) {
  const calls = model.started();
  const task = await chat.detach(text);
  await expect.poll(() => model.started()).toBe(calls + 1);
  return task;
}

type Chat = ReturnType<ReturnType<typeof open>['agent']['chat']>;

const parentAndStatus = ({ parentId, status }: SnapshotInfo) => ({ parentId, status });
const often = { intervalMs: 5 };

test('a chat of several turns is one branch, each turn the child of the turn before', async () => {
  const { store, agent, texts, leaves } = open();
  const chat = agent.chat();
  const turns = [];
  for (const text of ['one', 'two', 'three']) turns.push((await chat.send(text)).snapshotId!);

  expect(await texts(turns[2]!)).toEqual(['one', '1: one', 'two', '2: two', 'three', '3: three']);
  expect((await store.getHistory(turns[2]!)).map(parentAndStatus)).toEqual([
    { parentId: undefined, status: 'completed' },
    { parentId: turns[0], status: 'completed' },
    { parentId: turns[1], status: 'completed' },
  ]);
  expect(await leaves(chat.sessionId!)).toEqual([turns[2]]);
});

test('the answer streams word by word while the store is in use', async () => {
  const { agent } = open();
  const turn = agent.chat().sendStream('good morning');
  const words = [];
  for await (const chunk of turn.stream) if (chunk.text) words.push(chunk.text);
  expect(words).toEqual(['1: ', 'good ', 'morning']);
});

test('a conversation is resumed by its session after the page was closed', async () => {
  const before = open();
  const chat = before.agent.chat();
  await chat.send('one');
  await chat.send('two');
  await before.store.close();

  const after = open();
  const sessionId = chat.sessionId!;
  expect((await after.agent.loadChat({ sessionId })).messages.map(textOf)).toEqual([
    'one',
    '1: one',
    'two',
    '2: two',
  ]);
  expect((await after.agent.chat({ sessionId }).send('three')).text).toBe('3: three');
});

test('two branches from one snapshot both survive and both go on', async () => {
  const { store, agent, texts, leaves } = open();
  const chat = agent.chat();
  const fork = (await chat.send('question')).snapshotId!;
  const left = (await chat.send('left')).snapshotId!;
  const right = (await agent.chat({ snapshotId: fork }).send('right')).snapshotId!;
  const sessionId = chat.sessionId!;

  const tree = await store.getTree(sessionId);
  expect(tree.roots).toEqual([fork]);
  expect(tree.nodes.get(fork)?.children).toEqual([left, right]);
  expect(tree.leaves).toEqual([right, left]);
  expect(tree.headId).toBe(right);

  const leftAgain = (await agent.chat({ snapshotId: left }).send('more')).snapshotId!;
  expect(await leaves(sessionId)).toEqual([leftAgain, right]);
  expect(await texts(leftAgain)).toEqual(['question', '1: question', 'left', '2: left', 'more', '3: more']);
  expect(await texts(right)).toEqual(['question', '1: question', 'right', '2: right']);
});

test('after a failed turn the session is resumed from its last good one', async () => {
  const { store, agent, texts } = open();
  const chat = agent.chat();
  const good = (await chat.send('hello')).snapshotId!;
  await expect(chat.send('fail now')).rejects.toThrow('The model cannot answer "fail now".');

  const sessionId = chat.sessionId!;
  const failed = await store.getSnapshot({ sessionId });
  expect(failed).toMatchObject({ parentId: good, status: 'failed' });
  expect(failed?.error?.message).toBe('The model cannot answer "fail now".');

  const next = (await agent.chat({ sessionId }).send('again')).snapshotId!;
  expect(await texts(next)).toEqual(['hello', '1: hello', 'again', '2: again']);
  expect((await store.getTree(sessionId)).nodes.get(good)?.children).toEqual([failed?.snapshotId, next]);
});

test('an interrupted turn is answered after the page was closed', async () => {
  const before = open();
  const chat = before.agent.chat();
  const interrupted = await chat.send('ask me');
  expect(interrupted.finishReason).toBe('interrupted');
  await before.store.close();

  const { agent, store, texts } = open();
  const [question] = interrupted.interrupts;
  const answered = await agent
    .chat({ sessionId: chat.sessionId! })
    .resume({ respond: [question!.respond('yes')] });
  expect(answered.text).toBe('1: you said yes');
  expect(await texts(answered.snapshotId!)).toEqual(['ask me', '?', '', '1: you said yes']);

  // Genkit marks the question as answered in the middle of the new history; the older snapshot keeps its own.
  const marks = async (snapshotId: string) =>
    (await store.getSnapshot({ snapshotId }))?.state?.messages?.[1]?.content[0]?.metadata;
  expect(await marks(interrupted.snapshotId!)).toEqual({ interrupt: true });
  expect(await marks(answered.snapshotId!)).toEqual({ resolvedInterrupt: true });
});

test('a detached turn completes in the background and becomes the latest of its session', async () => {
  const page = open();
  const { store, agent, model, texts, leaves } = page;
  const chat = agent.chat();
  const first = (await chat.send('hello')).snapshotId!;
  const task = await detachTurn(page, chat, 'slow thought');
  expect(await store.getSnapshot({ sessionId: chat.sessionId! })).toMatchObject({ status: 'pending' });

  model.release();
  expect(await task.wait(often)).toMatchObject({ snapshotId: task.snapshotId, status: 'completed' });

  // Genkit 1.42.0 saves it with its own id as its parent.
  expect(await store.getSnapshot({ sessionId: chat.sessionId! })).toMatchObject({
    snapshotId: task.snapshotId,
    parentId: first,
  });
  expect(await leaves(chat.sessionId!)).toEqual([task.snapshotId]);
  expect(await texts(task.snapshotId)).toEqual(['hello', '1: hello', 'slow thought', '2: slow thought']);
  expect((await chat.send('next')).text).toBe('3: next');
});

test('a session that began with a detached turn goes on', async () => {
  const page = open();
  const { store, agent, model, texts } = page;
  const chat = agent.chat();
  const task = await detachTurn(page, chat, 'slow start');
  model.release();
  await task.wait(often);

  const sessionId = chat.sessionId!;
  expect((await store.getSnapshot({ sessionId }))?.parentId).toBeUndefined();
  const next = (await agent.chat({ sessionId }).send('next')).snapshotId!;
  expect(await texts(next)).toEqual(['slow start', '1: slow start', 'next', '2: next']);
  expect((await store.getHistory(next)).map(({ snapshotId }) => snapshotId)).toEqual([task.snapshotId, next]);
});

test('after a detached turn failed, the session is resumed from its last good one', async () => {
  const { store, agent, texts } = open();
  const chat = agent.chat();
  const good = (await chat.send('hello')).snapshotId!;
  const task = await chat.detach('fail later');
  expect(await task.wait(often)).toMatchObject({ status: 'failed', parentId: good });

  const sessionId = chat.sessionId!;
  const next = (await agent.chat({ sessionId }).send('again')).snapshotId!;
  expect(await texts(next)).toEqual(['hello', '1: hello', 'again', '2: again']);
  expect((await store.getTree(sessionId)).nodes.get(good)?.children).toEqual([task.snapshotId, next]);
});

test('aborting a detached turn stops the model and the turn stays aborted', async () => {
  const page = open();
  const { store, agent, model, texts } = page;
  const chat = agent.chat();
  const good = (await chat.send('hello')).snapshotId!;
  const task = await detachTurn(page, chat, 'slow thought');

  await task.abort();
  await expect.poll(() => model.stopped()).toBe(1);
  expect(await task.wait(often)).toMatchObject({ status: 'aborted', parentId: good });

  const sessionId = chat.sessionId!;
  const next = (await agent.chat({ sessionId }).send('never mind')).snapshotId!;
  expect(await texts(next)).toEqual(['hello', '1: hello', 'never mind', '2: never mind']);
  expect(await store.getSnapshot({ snapshotId: task.snapshotId })).toMatchObject({ status: 'aborted' });
});

test('a turn that is aborted as soon as it was detached stops as well', async () => {
  const { store, agent, model } = open();
  const task = await agent.chat().detach('slow thought');
  await task.abort();
  await expect.poll(() => [model.started(), model.stopped()]).toEqual([1, 1]);
  expect(await store.getSnapshot({ snapshotId: task.snapshotId })).toMatchObject({ status: 'aborted' });
});

test('a model that answers in spite of the abort does not undo it', async () => {
  const page = open();
  const { store, agent, model, texts } = page;
  const task = await detachTurn(page, agent.chat(), 'stubborn thought');
  await task.abort();

  const save = vi.spyOn(store, 'saveSnapshot');
  model.release();
  await expect.poll(() => save).toHaveResolvedWith(null);
  expect(await store.getSnapshot({ snapshotId: task.snapshotId })).toMatchObject({ status: 'aborted' });
  expect(await texts(task.snapshotId)).toEqual([]);
});

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { SessionsChange } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { eventually } from '../assertions/eventually.js';
import { abortingCommits } from '../faults/inject-faults.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What the stores of a database tell each other passes through here, and anybody may post to it. */
function eavesdrop(name: string) {
  const channel = new BroadcastChannel(`offshoot:${name}`);
  onTestFinished(() => channel.close());
  const messages: Record<string, unknown>[] = [];
  channel.addEventListener('message', ({ data }) => messages.push(data as Record<string, unknown>));
  return { channel, messages };
}

test('a message is a hint: nothing is told that is not stored', async () => {
  const name = freshName();
  const { channel, messages } = eavesdrop(name);
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  await save(writer, 'a', turn(1));
  await eventually(() => messages.length > 0, 'the message of a save');

  const told: unknown[] = [];
  listener.onSnapshotStateChange('a', ({ createdAt }) => told.push(createdAt));
  listener.onSnapshotStateChange('never', (snapshot) => told.push(snapshot));
  listener.onSessionChange('s', ({ type }) => told.push(type));
  await eventually(() => told.length > 0, 'what is stored');
  // The same again, as if it had been sent twice, and one that promises too much.
  channel.postMessage(messages[0]);
  channel.postMessage({ ...messages[0], version: Number.MAX_SAFE_INTEGER, snapshots: ['a', 'never'] });
  await save(writer, 'a', turn(2));
  await eventually(() => told.includes(turn(2).createdAt), 'the next save');
  expect(told.filter((each) => each !== 'changed')).toEqual([turn(1).createdAt, turn(2).createdAt]);
});

test('what other programs post is ignored', async () => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  const name = freshName();
  const { channel, messages } = eavesdrop(name);
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  const told: SessionsChange['type'][] = [];
  listener.onSessionsChange(({ type }) => told.push(type));
  await save(writer, 'a', turn(1));
  await eventually(() => told.length > 0 && messages.length > 0, 'the first save');

  const garbage = [
    null,
    7,
    'reload',
    [],
    {},
    { version: 'new' },
    { version: 9, snapshots: 'a', sessions: {} },
  ];
  for (const message of garbage) channel.postMessage(message);
  await save(writer, 'b', turn(2));
  await eventually(() => told.length > 1, 'the second save');
  expect(told).toEqual(['changed', 'changed']);
  expect(reported).toEqual([]);
});

test('messages carry no content', async () => {
  const name = freshName();
  const { messages } = eavesdrop(name);
  const store = openStore({ name });
  await save(store, 'a', turn(1, { state: { messages: [{ secret: 'tell nobody' }] } }));
  await store.updateSession('s', { title: 'tell nobody' });
  await eventually(() => messages.length === 2, 'both messages');
  expect(JSON.stringify(messages)).not.toContain('tell nobody');
});

test('without BroadcastChannel the store works, for itself alone', async () => {
  vi.stubGlobal('BroadcastChannel', undefined);
  const store = openStore();
  const told: string[] = [];
  store.onSessionsChange(({ type }) => told.push(type));
  await save(store, 'a', turn(1));
  expect(told).toEqual(['changed']);
  await store.close();
});

/** Notes in which order messages are posted and transactions that write end. */
function noteOrder(): string[] {
  const events: string[] = [];
  const { postMessage } = BroadcastChannel.prototype;
  vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(function (
    this: BroadcastChannel,
    message: unknown,
  ) {
    events.push('told');
    postMessage.call(this, message);
  });
  const { transaction } = IDBDatabase.prototype;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const made = transaction.apply(this, args);
    if (made.mode === 'readwrite') made.addEventListener('complete', () => events.push('committed'));
    return made;
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  return events;
}

/** A store that has saved `a`, what another one is told of that from now on, and the order of messages and commits. */
async function watchedFromElsewhere() {
  const name = freshName();
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  await save(writer, 'a', turn(1));
  const told: unknown[] = [];
  listener.onSnapshotStateChange('a', ({ createdAt }) => told.push(createdAt));
  await eventually(() => told.length > 0, 'what is stored');
  return { writer, told, events: noteOrder() };
}

test('other tabs hear of a save before it is committed, so that what they read waits for it', async () => {
  const { writer, told, events } = await watchedFromElsewhere();
  for (let second = 2; second < 12; second++) {
    events.length = 0;
    await save(writer, 'a', turn(second));
    expect(events).toEqual(['told', 'committed']);
    await eventually(() => told.includes(turn(second).createdAt), `save ${second}`);
  }
});

test('a save that was announced and then failed is told nobody', async () => {
  const { writer, told, events } = await watchedFromElsewhere();
  const full = new DOMException('no room', 'QuotaExceededError');
  await abortingCommits(9, full, async () => {
    await expectRefusal(() => save(writer, 'a', turn(2)), 'RESOURCE_EXHAUSTED');
    expect(events).toContain('told');
  });
  await save(writer, 'a', turn(3));
  await eventually(() => told.includes(turn(3).createdAt), 'the next save');
  expect(told).toEqual([turn(1), turn(3)].map(({ createdAt }) => createdAt));
});

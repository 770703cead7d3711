import { expect, onTestFinished, test } from 'vitest';
import type { IndexedDBSessionStore, Message, Turn } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { openStore } from '../stores/open-store.js';

const say = (role: Message['role'], text: string): Message => ({ role, content: [{ text }] });
const user = (text: string) => say('user', text);
const model = (text: string) => say('model', text);
const texts = (messages: readonly Message[]) => messages.map(({ content }) => content[0]?.text);

/** Ends with the test, so that no timer outlives it. */
function ending<S>(live: Turn<S>): Turn<S> {
  onTestFinished(async () => void (await live.abort().catch(() => {})));
  return live;
}

/** As Genkit's agents save: a question, its answer and what is between them as one snapshot. */
async function whole(
  store: IndexedDBSessionStore<any>,
  id: string,
  parentId: string | undefined,
  ...own: Message[]
) {
  const before = parentId && (await store.getSnapshot({ snapshotId: parentId }));
  const messages = [...((before && before.state?.messages) || []), ...own];
  await save(store, id, turn(id.charCodeAt(0), { parentId, state: { messages, custom: { of: id } } }));
}

test('a question of its own gets another answer beside the one that is there', async () => {
  const store = openStore();
  const chat = store.session('s');
  const question = await chat.append([user('Where to?')], { title: 'Trip' });
  const first = ending(await chat.startTurn({ after: question }));
  await first.complete([say('model', 'asks a tool'), say('tool', 'of a tool'), model('Lisbon')]);
  const second = ending(await chat.again(first.snapshotId));
  expect(texts(second.messages)).toEqual(['Where to?']);
  await second.complete(model('Oslo'));
  expect(texts(await chat.messages())).toEqual(['Where to?', 'Oslo']);
  const { messages } = await chat.branches();
  expect(messages.map(({ siblings, index }) => [siblings.length, index])).toEqual([
    [1, 0],
    [2, 1],
  ]);
  expect(messages[1]!.siblings).toEqual([first.snapshotId, second.snapshotId]);
  // By default the head is answered once more.
  const third = ending(await chat.again());
  expect(texts(third.messages)).toEqual(['Where to?']);
  await third.complete(model('Rome'));
  expect((await chat.branches()).messages[1]).toMatchObject({ index: 2 });
});

test('a question that was saved with its answer is saved once more, as a neighbour of the turn', async () => {
  const store = openStore();
  const chat = store.session('s');
  await whole(store, 'a', undefined, say('system', 'Be brief'), user('Where to?'), model('Lisbon'));
  await whole(
    store,
    'b',
    'a',
    user('How?'),
    say('model', 'asks'),
    say('tool', 'timetable'),
    model('By train'),
  );
  const second = ending(await chat.again('b'));
  expect(texts(second.messages)).toEqual(['Be brief', 'Where to?', 'Lisbon', 'How?']);
  await second.complete(model('By bus'));
  expect(texts(await chat.messages())).toEqual(['Be brief', 'Where to?', 'Lisbon', 'How?', 'By bus']);
  const { messages } = await chat.branches();
  expect(messages.map(({ siblings }) => siblings.length)).toEqual([1, 1, 1, 2, 2]);
  expect(messages[4]).toMatchObject({ siblings: ['b', second.snapshotId], index: 1 });
  // It goes on from what there was before the turn.
  expect((await store.getSnapshot({ sessionId: 's' }))?.state?.custom).toEqual({ of: 'a' });
  // What was made by it is answered once more like any other.
  const third = ending(await chat.again(second.snapshotId));
  expect(texts(third.messages)).toEqual(['Be brief', 'Where to?', 'Lisbon', 'How?']);
  await third.complete(model('On foot'));
  expect((await chat.branches()).siblings).toEqual(['b', second.snapshotId, third.snapshotId]);
});

test.each(['fail', 'abort'] as const)('a turn of one snapshot that came to no answer: %s', async (end) => {
  const store = openStore();
  const chat = store.session('s');
  await whole(store, 'a', undefined, user('Where to?'), model('Lisbon'));
  const first = ending(await chat.startTurn({ messages: user('How?'), oneSnapshot: true }));
  const meanwhile = ending(await chat.again(first.snapshotId));
  await first[end]('no');
  const second = ending(await chat.again(first.snapshotId));
  for (const { messages } of [meanwhile, second])
    expect(texts(messages)).toEqual(['Where to?', 'Lisbon', 'How?']);
  expect((await chat.branches()).siblings).toEqual([
    first.snapshotId,
    meanwhile.snapshotId,
    second.snapshotId,
  ]);
});

test('the first turn of a session, with what stands before its question', async () => {
  const store = openStore();
  const chat = store.session('s');
  await whole(store, 'a', undefined, say('system', 'Be brief'), user('Where to?'), model('Lisbon'));
  const second = ending(await chat.again('a', { metadata: { pinned: true } }));
  expect(texts(second.messages)).toEqual(['Be brief', 'Where to?']);
  await second.complete(model('Oslo'));
  expect((await store.getTree('s')).roots).toHaveLength(2);
  expect((await store.getSession('s'))?.metadata).toEqual({ pinned: true });
});

test('the snapshot before the turn is its parent, also if that brought no message', async () => {
  const store = openStore();
  const chat = store.session('s');
  await whole(store, 'a', undefined, user('Where to?'), model('Lisbon'));
  await whole(store, 'b', 'a');
  await whole(store, 'c', 'b', user('How?'), model('By train'));
  const second = ending(await chat.again('c'));
  const { path } = await chat.branches(second.snapshotId);
  expect(path.slice(0, 2)).toEqual(['a', 'b']);
  expect(texts(second.messages)).toEqual(['Where to?', 'Lisbon', 'How?']);
});

test('a question that waits for its answer, and one that nobody has asked', async () => {
  const store = openStore();
  const chat = store.session('s');
  const question = await chat.append(user('Where to?'));
  const waiting = ending(await chat.again());
  expect((await store.getSnapshotInfo(waiting.snapshotId))?.parentId).toBe(question);

  const greeted = store.session('greeted');
  await greeted.append(model('Hello'));
  const other = ending(await greeted.again());
  expect(other.messages).toEqual([]);
  await other.complete(model('Good morning'));
  expect(texts(await greeted.messages())).toEqual(['Good morning']);
  expect((await store.getTree('greeted')).roots).toHaveLength(2);

  const empty = ending(await store.session('empty').again());
  expect(empty.messages).toEqual([]);
});

test('what an imported state has beside messages is no question', async () => {
  const store = openStore();
  const messages = [null, user('Where to?'), 'x', model('Lisbon')] as Message[];
  await store.saveSnapshot('odd', () => ({
    sessionId: 's',
    createdAt: '2026-01-01T00:00:00.000Z',
    state: { messages },
  }));
  const again = ending(await store.session('s').again());
  expect(texts(again.messages)).toEqual(['Where to?']);
  expect((await store.session('s').branches()).siblings).toEqual(['odd', again.snapshotId]);
});

test.each([
  ['a content that is a string', (text: string, role: string) => ({ role, content: text })],
  ['parts', (text: string, role: string) => ({ id: text, role, parts: [{ type: 'text', text }] })],
])('a question as other frameworks have it, with %s, is saved once more as it is', async (_, shaped) => {
  const store = openStore();
  const messages = [shaped('Where to?', 'user'), shaped('Lisbon', 'assistant')] as never;
  await save(store, 'a', turn(1, { state: { messages } }));
  const again = ending(await store.session('s').again());
  expect(again.messages).toEqual([messages[0]]);
  expect((await store.session('s').branches()).siblings).toEqual(['a', again.snapshotId]);
});

test('options are those of the call: changed later they count for nothing, and what follows from the question is none', async () => {
  const store = openStore();
  const chat = store.session('s');
  await whole(store, 'a', undefined, user('Where to?'), model('Lisbon'));
  const custom = { of: 'b' };
  const metadata: Record<string, unknown> = { pinned: true };
  const beginning = chat.again('a', { custom, metadata });
  custom.of = 'c';
  metadata['pinned'] = false;
  const again = ending(await beginning);
  expect((await store.getSnapshot({ snapshotId: again.snapshotId }))?.state?.custom).toEqual({ of: 'b' });
  expect((await store.getSession('s'))?.metadata).toEqual({ pinned: true });

  for (const options of [{ after: null }, { messages: user('Other?') }, { oneSnapshot: true }])
    await expectRefusal(
      () => chat.again('a', options as never),
      'INVALID_ARGUMENT',
      `options.${Object.keys(options)[0]}`,
    );
  const throwing = {
    get custom(): never {
      throw new Error('mine');
    },
  };
  await expectRefusal(() => chat.again('a', throwing), 'INVALID_ARGUMENT', 'options.custom');
});

test('of a snapshot that is not there, or of another session, is refused', async () => {
  const store = openStore();
  await store.session('s').append(user('Where to?'));
  const elsewhere = await store.session('t').append(user('How?'));
  for (const id of ['nowhere', elsewhere])
    await expectRefusal(() => store.session('s').again(id), 'NOT_FOUND', 'snapshotId');
  await expectRefusal(() => store.session('s').again(' '), 'INVALID_ARGUMENT', 'snapshotId');
  await expectRefusal(() => store.session('s').again(undefined, { saveEveryMs: -1 }), 'INVALID_ARGUMENT');
  expect((await store.getTree('s')).nodes.size).toBe(1);
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import type { CheckProblem } from '../../src/index.js';
import { dumpDatabase, overwriteRow, withRaw } from '../database/raw-database.js';
import { Chat, conversation, logKeys, said, spoilLogRow } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** `a` ← `b` ← `c`, two messages more each, and a session of its own for `x`. */
async function filled(): Promise<Chat> {
  const chat = new Chat();
  await chat.chain(
    [2, 4, 6].map((length) => ({ messages: conversation(length) })),
    'n',
  );
  await chat.save('x', undefined, { custom: 1 }, { sessionId: 'other' });
  return chat;
}

/** What `check` says, which must not depend on what the store remembers, nor change anything. */
async function problemsOf(chat: Chat): Promise<CheckProblem[]> {
  const before = await dumpDatabase(chat.name);
  const { problems } = await chat.store.check();
  expect((await chat.open().check()).problems).toEqual(problems);
  expect(await dumpDatabase(chat.name)).toEqual(before);
  return problems;
}

test('an empty database, and one that is in order', async () => {
  const nothing = { sessions: 0, snapshots: 0, entries: 0, bytes: 0, problems: [], quarantined: 0 };
  expect(await new Chat().store.check()).toEqual(nothing);
  const chat = await filled();
  expect(await problemsOf(chat)).toEqual([]);
  const report = await chat.store.check();
  expect(report).toMatchObject({ sessions: 2, snapshots: 4, entries: 6 });
  await chat.store.clear();
  expect(await chat.store.check()).toEqual(nothing);
});

test('a row of a log that is lost: all who need it dangle', async () => {
  const chat = await filled();
  const [, second] = await logKeys(chat.name);
  const [log, to, from] = await spoilLogRow(chat.name, () => undefined, second);
  expect(await problemsOf(chat)).toEqual([
    { kind: 'dangling', snapshotId: 'n1', log, from, to },
    { kind: 'dangling', snapshotId: 'n2', log, from, to },
  ]);
});

test('entries that nobody needs', async () => {
  const chat = await filled();
  await withRaw(chat.name, (transaction) =>
    transaction.objectStore('logs').put({ format: 1, at: 3, size: 10, entries: ['a', 'b'] }, [7, 5, 3, 10]),
  );
  expect(await problemsOf(chat)).toEqual([{ kind: 'unreachable', log: 7, from: 3, to: 5 }]);
});

test('a snapshot that went without its entries', async () => {
  const chat = await filled();
  const [key] = (await logKeys(chat.name)).slice(-1);
  await withRaw(chat.name, (transaction) => transaction.objectStore('snapshots').delete('n2'));
  expect(await problemsOf(chat)).toEqual([
    { kind: 'miscounted', sessionId: 's', stored: 3, actual: 2 },
    { kind: 'unreachable', log: key![0], from: key![2], to: key![1] },
  ]);
});

test('a session that counts wrong', async () => {
  const chat = await filled();
  await overwriteRow(chat.name, 'sessions', 's', (row) => ({ ...row, snapshots: 7 }));
  expect(await problemsOf(chat)).toEqual([{ kind: 'miscounted', sessionId: 's', stored: 7, actual: 3 }]);
});

test('a session that is lost, and one that is empty', async () => {
  const chat = await filled();
  await withRaw(chat.name, (transaction) => {
    transaction.objectStore('sessions').delete('s');
    transaction.objectStore('snapshots').delete('x');
  });
  expect(await problemsOf(chat)).toEqual([
    { kind: 'miscounted', sessionId: 'other', stored: 1, actual: 0 },
    { kind: 'miscounted', sessionId: 's', stored: 0, actual: 3 },
  ]);
});

test('a session that takes the wrong snapshot for its latest leaf, or none, or counts other leaves', async () => {
  const chat = await filled();
  const actual = { count: 1, latest: 'n2' };
  await overwriteRow(chat.name, 'sessions', 's', (row) => ({ ...row, latest: { ...row.latest, id: 'n0' } }));
  expect(await problemsOf(chat)).toEqual([
    { kind: 'leaves', sessionId: 's', stored: { count: 1, latest: 'n0' }, actual },
  ]);
  await overwriteRow(chat.name, 'sessions', 's', ({ latest: _, ...row }) => ({ ...row, leaves: 2 }));
  expect(await problemsOf(chat)).toEqual([{ kind: 'leaves', sessionId: 's', stored: { count: 2 }, actual }]);
});

test.each([
  ['that is missing', 'nobody'],
  ['of another session', 'x'],
])('a selection %s', async (_, selected) => {
  const chat = await filled();
  await overwriteRow(chat.name, 'sessions', 's', (row) => ({ ...row, selected }));
  expect(await problemsOf(chat)).toEqual([{ kind: 'selection', sessionId: 's', snapshotId: selected }]);
});

test.each<[string, (row: any) => unknown]>([
  ['nothing but an id', ({ id }) => ({ id })],
  ['a state that is a text', (row) => ({ ...row, state: 'garbage' })],
  ['fields that are none', (row) => ({ ...row, state: { fields: ['garbage', 1, null], media: [] } })],
  ['spans that are no numbers', (row) => ({ ...row, state: { fields: [['m', 'array', ['a']]], media: [] } })],
  ['spans of another kind', (row) => ({ ...row, state: { fields: [['m', 'array', 7]], media: ['x'] } })],
])('a snapshot with %s is damaged', async (_, spoil) => {
  const chat = await filled();
  await overwriteRow(chat.name, 'snapshots', 'x', spoil);
  expect(await problemsOf(chat)).toContainEqual({ kind: 'damaged', store: 'snapshots', id: 'x' });
});

test('a session that is damaged', async () => {
  const chat = await filled();
  await overwriteRow(chat.name, 'sessions', 's', ({ id }) => ({ id, junk: true }));
  expect(await problemsOf(chat)).toEqual([{ kind: 'damaged', store: 'sessions', id: 's' }]);
});

test.each<[string, (row: any) => unknown]>([
  ['a text', () => 'garbage'],
  ['null', () => null],
  ['without entries', ({ entries: _, ...row }) => row],
  ['with an entry less than its key says', (row) => ({ ...row, entries: row.entries.slice(1) })],
  ['with media that are none', (row) => ({ ...row, media: 'garbage' })],
  ['with media where none can be', (row) => ({ ...row, media: [[0, ['no', 'where'], 1, 0]] })],
  ['with media of an entry that is not there', (row) => ({ ...row, media: [[7, [], 1, 0]] })],
])('a row of a log that is damaged: %s', async (_, spoil) => {
  const chat = await filled();
  const [, second] = await logKeys(chat.name);
  const [log, to, from] = await spoilLogRow(chat.name, spoil, second);
  expect(await problemsOf(chat)).toEqual([
    { kind: 'damaged', store: 'logs', id: `${log},${from}` },
    { kind: 'dangling', snapshotId: 'n1', log, from, to },
    { kind: 'dangling', snapshotId: 'n2', log, from, to },
  ]);
});

test('rows of a newer format are named, and nothing is made of what they may refer to', async () => {
  const chat = await filled();
  const [, second, third] = await logKeys(chat.name);
  const [log, , from] = await spoilLogRow(chat.name, (row) => ({ ...row, format: 9 }), second);
  expect(await problemsOf(chat)).toEqual([{ kind: 'newer', store: 'logs', id: `${log},${from}` }]);

  await overwriteRow(chat.name, 'snapshots', 'n2', ({ id, sessionId }) => ({ id, sessionId, format: 9 }));
  expect(third, 'what only n2 refers to').toBeDefined();
  expect(await problemsOf(chat)).toEqual([
    { kind: 'newer', store: 'snapshots', id: 'n2' },
    { kind: 'newer', store: 'logs', id: `${log},${from}` },
  ]);
  await overwriteRow(chat.name, 'sessions', 's', ({ id }) => ({ id, format: 9 }));
  expect(await problemsOf(chat)).toContainEqual({ kind: 'newer', store: 'sessions', id: 's' });
});

test('media that are lost: all who show them dangle', async () => {
  const chat = new Chat();
  const image = `data:image/png;base64,${'A'.repeat(20_000)}`;
  await chat.save('a', undefined, { messages: [said('look'), { role: 'user', content: [{ image }] }] });
  await chat.save('b', 'a', { messages: [said('look')] });
  const rows = await dumpDatabase(chat.name);
  const place = rows!['logs']!.flatMap(([, row]) => (row as { media?: number[][] }).media ?? [])[0]!;
  const [log, at] = place.slice(2) as [number, number];
  const key = (await logKeys(chat.name)).find((each) => each[0] === log && each[2] === at);
  await spoilLogRow(chat.name, () => undefined, key);
  expect(await problemsOf(chat)).toEqual([{ kind: 'dangling', snapshotId: 'a', log, from: at, to: at + 1 }]);
});

test('rows that are nobody’s: under keys that are none, and beside the clock', async () => {
  const chat = await filled();
  await withRaw(chat.name, (transaction) => {
    transaction.objectStore('logs').put({ format: 1 }, 7);
    transaction.objectStore('meta').put('garbage', 'foreign');
    transaction.objectStore('meta').delete('epoch');
  });
  expect(await problemsOf(chat)).toEqual([
    { kind: 'damaged', store: 'logs', id: '7' },
    { kind: 'damaged', store: 'meta', id: 'epoch' },
    { kind: 'damaged', store: 'meta', id: 'foreign' },
  ]);
});

test('a clock that is behind what was written', async () => {
  const chat = await filled();
  const actual = new Map((await dumpDatabase(chat.name))!['meta']).get('clock') as number;
  await withRaw(chat.name, (transaction) => transaction.objectStore('meta').put(7, 'clock'));
  expect(await problemsOf(chat)).toEqual([{ kind: 'clock', stored: 7, actual }]);
});

test('several problems at once are all reported', async () => {
  const chat = await filled();
  await overwriteRow(chat.name, 'sessions', 's', (row) => ({ ...row, snapshots: 7 }));
  await overwriteRow(chat.name, 'sessions', 'other', (row) => ({ ...row, leaves: 3 }));
  await spoilLogRow(chat.name, () => undefined);
  const kinds = (await problemsOf(chat)).map(({ kind }) => kind);
  expect(kinds).toEqual(['leaves', 'miscounted', 'dangling', 'dangling', 'dangling']);
});

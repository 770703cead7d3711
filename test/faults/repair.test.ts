import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CheckProblem, QuarantinedRow } from '../../src/index.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { dumpDatabase, overwriteRow, withRaw } from '../database/raw-database.js';
import { Chat, conversation, logKeys, spoilLogRow } from '../logs/chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** `n0` ← `n1` ← `n2` in `s`, two messages more each, and `x` in `other`. */
async function filled(): Promise<Chat> {
  const chat = new Chat();
  await chat.chain([2, 4, 6].map((length) => ({ messages: conversation(length) })));
  await chat.save('x', undefined, { custom: 1 }, { sessionId: 'other' });
  await chat.store.updateSession('s', { title: 'A chat', metadata: { pinned: true } });
  return chat;
}

async function quarantined(chat: Chat): Promise<QuarantinedRow[]> {
  return (await dumpDatabase(chat.name))!['quarantine']!.map(([, row]) => row as QuarantinedRow);
}

/** Repairs, and makes sure that it needs it once. */
async function repaired(chat: Chat): Promise<CheckProblem[]> {
  const found = await chat.open().check();
  const report = await chat.store.check({ repair: true });
  const withoutRepair = report.problems.map(({ repair: _, ...problem }) => problem);
  expect(withoutRepair, 'found by the repair and by the check before').toEqual(found.problems);
  const after = await dumpDatabase(chat.name);
  expect(report.quarantined).toBe(after!['quarantine']!.length);
  const again = await chat.store.check({ repair: true });
  expect(await dumpDatabase(chat.name)).toEqual(after);
  expect(again.problems.every(({ repair }) => repair === 'left')).toBe(true);
  return report.problems;
}

test('what is whole is not touched', async () => {
  const chat = await filled();
  const before = await dumpDatabase(chat.name);
  expect(await chat.store.check({ repair: true })).toMatchObject({ problems: [], quarantined: 0 });
  expect(await dumpDatabase(chat.name)).toEqual(before);
});

test('something else than yes or no is refused', async () => {
  const chat = await filled();
  await expectRefusal(
    () => chat.store.check({ repair: 'yes' as never }),
    'INVALID_ARGUMENT',
    'options.repair',
  );
});

test('a damaged snapshot is kept in the quarantine with what only it referred to', async () => {
  const chat = await filled();
  const [, , third] = await logKeys(chat.name);
  const spoiled = { id: 'n2', sessionId: 's', createdMs: 1, version: 2, junk: new Map([[1, 2]]) };
  await overwriteRow(chat.name, 'snapshots', 'n2', () => spoiled);
  const [log, to, from] = third!;
  expect(await repaired(chat)).toEqual([
    { kind: 'damaged', store: 'snapshots', id: 'n2', repair: 'quarantined' },
    { kind: 'miscounted', sessionId: 's', stored: 3, actual: 2, repair: 'recomputed' },
    { kind: 'unreachable', log, from, to, repair: 'quarantined' },
  ]);
  expect(await quarantined(chat)).toMatchObject([
    { format: 1, store: 'snapshots', key: 'n2', row: spoiled, why: 'damaged' },
    { store: 'logs', key: third, row: { entries: conversation(6).slice(4) }, why: 'unreachable' },
  ]);
  const [{ at }] = (await quarantined(chat)) as [QuarantinedRow];
  expect(new Date(at).toISOString()).toBe(at);
  chat.forget('n2');
  await chat.expectWhole();
  expect(await chat.store.getSession('s')).toMatchObject({ snapshotCount: 2, title: 'A chat' });
  expect((await chat.store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('n1');
});

test('snapshots whose entries are lost go, what does not need those stays', async () => {
  const chat = await filled();
  await chat.store.selectBranch('n2');
  const [, second] = await logKeys(chat.name);
  const [log, to, from] = await spoilLogRow(chat.name, () => 'garbage', second);
  expect(await repaired(chat)).toEqual([
    { kind: 'damaged', store: 'logs', id: `${log},${from}`, repair: 'quarantined' },
    { kind: 'dangling', snapshotId: 'n1', log, from, to, repair: 'quarantined' },
    { kind: 'dangling', snapshotId: 'n2', log, from, to, repair: 'quarantined' },
  ]);
  expect((await quarantined(chat)).map(({ store, key, why }) => [store, key, why])).toEqual([
    ['snapshots', 'n1', 'dangling'],
    ['snapshots', 'n2', 'dangling'],
    ['logs', second, 'damaged'],
    ['logs', (await quarantined(chat))[3]!.key, 'unreachable'],
  ]);
  chat.forget('n1', 'n2');
  await chat.expectWhole();
  const session = await chat.store.getSession('s');
  expect(session).toMatchObject({ snapshotCount: 1, selectedSnapshotId: 'n0' });
});

test('what only a part of a row is needed for: all of it is kept, the rest is freed', async () => {
  const chat = new Chat();
  await chat.save('a', undefined, { messages: conversation(6) });
  await chat.save('b', 'a', { messages: conversation(6).slice(0, 2) });
  await withRaw(chat.name, (transaction) => transaction.objectStore('snapshots').delete('a'));
  const [key] = await logKeys(chat.name);
  await repaired(chat);
  expect(await quarantined(chat)).toMatchObject([{ store: 'logs', key, row: { entries: conversation(6) } }]);
  chat.forget('a');
  expect(await chat.entries()).toBe(2);
});

describe('a session’s row', () => {
  test.each<[string, (row: any) => unknown, object]>([
    [
      'without its counts',
      ({ snapshots: _, ...row }) => row,
      { title: 'A chat', metadata: { pinned: true } },
    ],
    ['with a title that is none', (row) => ({ ...row, title: 7 }), { metadata: { pinned: true } }],
    ['with metadata that are none', (row) => ({ ...row, metadata: 'x' }), { title: 'A chat' }],
    [
      'with times that are none',
      (row) => ({ ...row, createdMs: 1e300, updatedMs: 'x' }),
      { title: 'A chat', metadata: { pinned: true } },
    ],
    ['with nothing but an id', ({ id }) => ({ id }), {}],
  ])('%s is written anew from what can be read', async (_, spoil, kept) => {
    const chat = await filled();
    const before = await chat.store.getSession('s');
    await overwriteRow(chat.name, 'sessions', 's', spoil);
    expect(await repaired(chat)).toEqual([
      { kind: 'damaged', store: 'sessions', id: 's', repair: 'quarantined' },
    ]);
    expect(await quarantined(chat)).toMatchObject([{ store: 'sessions', key: 's', why: 'damaged' }]);
    const { createdAt, updatedAt, snapshotCount } = before!;
    const after = await chat.store.getSession('s');
    expect(after).toEqual({ sessionId: 's', createdAt, updatedAt, snapshotCount, ...kept });
    await chat.expectWhole();
  });

  test('that is lost is made anew; one of an empty session is kept in the quarantine', async () => {
    const chat = await filled();
    await withRaw(chat.name, (transaction) => {
      transaction.objectStore('sessions').delete('s');
      transaction.objectStore('snapshots').delete('x');
    });
    expect(await repaired(chat)).toEqual([
      { kind: 'miscounted', sessionId: 'other', stored: 1, actual: 0, repair: 'quarantined' },
      { kind: 'miscounted', sessionId: 's', stored: 0, actual: 3, repair: 'recomputed' },
    ]);
    expect(await quarantined(chat)).toMatchObject([{ store: 'sessions', key: 'other', why: 'empty' }]);
    chat.forget('x');
    await chat.expectWhole();
    const { sessions } = await chat.store.listSessions();
    expect(sessions.map(({ sessionId, snapshotCount }) => [sessionId, snapshotCount])).toEqual([['s', 3]]);
  });

  test('that counts wrong is put right', async () => {
    const chat = await filled();
    const latest = { id: 'n0', createdMs: 0, version: 1 };
    await overwriteRow(chat.name, 'sessions', 's', (row) => ({ ...row, leaves: 5, latest, selected: 'x' }));
    const [problem] = await repaired(chat);
    expect(problem).toMatchObject({ kind: 'leaves', sessionId: 's', repair: 'recomputed' });
    expect(await quarantined(chat)).toEqual([]);
    const session = await chat.store.getSession('s');
    expect(session).toMatchObject({ title: 'A chat', selectedSnapshotId: undefined });
    expect((await chat.store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('n2');
  });
});

test('rows of a newer format are left alone, with all that belongs to their sessions', async () => {
  const chat = await filled();
  await overwriteRow(chat.name, 'snapshots', 'n1', ({ id, sessionId, createdMs, version }) => ({
    ...{ id, sessionId, createdMs, version },
    format: 9,
  }));
  await overwriteRow(chat.name, 'sessions', 's', (row) => ({ ...row, snapshots: 7 }));
  await overwriteRow(chat.name, 'sessions', 'other', (row) => ({ ...row, format: 9, snapshots: 7 }));
  await withRaw(chat.name, (transaction) => transaction.objectStore('snapshots').delete('n2'));
  const before = await dumpDatabase(chat.name);
  expect(await repaired(chat)).toEqual([
    { kind: 'newer', store: 'snapshots', id: 'n1', repair: 'left' },
    { kind: 'newer', store: 'sessions', id: 'other', repair: 'left' },
  ]);
  expect(await dumpDatabase(chat.name)).toEqual(before);
});

test('a clock that went back runs ahead again, and nothing that is saved then overwrites anything', async () => {
  const chat = await filled();
  await withRaw(chat.name, (transaction) => {
    transaction.objectStore('meta').put(7, 'clock');
    transaction.objectStore('meta').put('garbage', 'epoch');
  });
  expect(await repaired(chat)).toMatchObject([
    { kind: 'damaged', store: 'meta', id: 'epoch', repair: 'quarantined' },
    { kind: 'clock', stored: 7, repair: 'recomputed' },
  ]);
  const other = chat.open();
  await chat.save('y', undefined, { messages: conversation(8, 'y') }, { via: other });
  await chat.save('n3', 'n2', { messages: conversation(8) }, { via: other });
  await chat.expectWhole();
});

test('those who watch are told, in every tab', async () => {
  const chat = await filled();
  await overwriteRow(chat.name, 'sessions', 's', ({ id }) => ({ id }));
  await withRaw(chat.name, (transaction) => transaction.objectStore('snapshots').delete('x'));
  const heard: unknown[] = [];
  chat.store.onSessionChange('s', (change) => heard.push(change));
  chat.store.onSessionChange('other', ({ type }) => heard.push(type));
  await chat.store.check({ repair: true });
  expect(heard).toEqual([
    'deleted',
    { type: 'changed', sessionId: 's', session: await chat.store.getSession('s') },
  ]);
});

test('clearing the store empties the quarantine', async () => {
  const chat = await filled();
  await overwriteRow(chat.name, 'snapshots', 'n2', ({ id }) => ({ id }));
  await chat.store.check({ repair: true });
  expect(await quarantined(chat)).not.toEqual([]);
  await chat.store.clear();
  expect(await quarantined(chat)).toEqual([]);
});

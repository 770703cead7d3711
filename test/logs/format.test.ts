import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { dumpDatabase, overwriteRow } from '../database/raw-database.js';
import { Chat, conversation, logKeys, said, spoilLogRow } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const NEWER = 'written by a newer Offshoot';
const raised = (row: any) => ({ ...row, format: row.format + 1, unheardOf: true });

/** `a` ← `b` in one session, `x` in another. */
async function filled(): Promise<Chat> {
  const chat = new Chat();
  await chat.save('a', undefined, { messages: conversation(2) });
  await chat.save('b', 'a', { messages: conversation(4) });
  await chat.save('x', undefined, { messages: conversation(2) }, { sessionId: 'other' });
  return chat;
}

test('every row says of which format it is', async () => {
  const { name } = await filled();
  const { meta: _, ...stores } = (await dumpDatabase(name))!;
  for (const rows of Object.values(stores))
    for (const [, row] of rows) expect(row).toMatchObject({ format: 1 });
});

describe('a newer snapshot', () => {
  test('is not read, rewritten, selected or changed by anything; others are read', async () => {
    const { name } = await filled();
    await overwriteRow(name, 'snapshots', 'b', raised);
    const before = await dumpDatabase(name);
    const { store } = new Chat({ name });
    const mutator = vi.fn();
    for (const call of [
      () => store.getSnapshot({ snapshotId: 'b' }),
      () => store.getSnapshot({ sessionId: 's' }),
      () => store.getHistory('b'),
      () => store.getHead('s'),
      () => store.selectBranch('b'),
      () => store.saveSnapshot('b', mutator),
    ]) {
      const { message } = await expectRefusal(call, 'FAILED_PRECONDITION', 'b');
      expect(message).toContain(NEWER);
    }
    expect(mutator).not.toHaveBeenCalled();
    expect((await store.getSnapshot({ snapshotId: 'a' }))?.state).toEqual({ messages: conversation(2) });
    expect((await store.getSnapshot({ sessionId: 'other' }))?.snapshotId).toBe('x');
    expect(await store.getTree('s')).toMatchObject({ damaged: ['b'] });
    await store.check();
    await store.compact();
    expect(await dumpDatabase(name)).toEqual(before);
  });

  test('keeps its entries when others go', async () => {
    const chat = await filled();
    await overwriteRow(chat.name, 'snapshots', 'b', raised);
    await chat.save('c', 'a', { messages: [...conversation(2), said('mine')] });
    await chat.store.deleteSnapshot('c');
    await overwriteRow(chat.name, 'snapshots', 'b', ({ unheardOf: _, ...row }: any) => ({
      ...row,
      format: 1,
    }));
    const { state } = (await chat.open().getSnapshot({ snapshotId: 'b' }))!;
    expect(state).toEqual({ messages: conversation(4) });
  });
});

test('a newer session is not read or changed; its snapshots and others are read', async () => {
  const { name } = await filled();
  await overwriteRow(name, 'sessions', 's', raised);
  const before = await dumpDatabase(name);
  const { store } = new Chat({ name });
  for (const call of [
    () => store.getSession('s'),
    () => store.updateSession('s', { title: 'T' }),
    () => store.selectBranch('a'),
  ]) {
    const { message } = await expectRefusal(call, 'FAILED_PRECONDITION', 's');
    expect(message).toContain(NEWER);
  }
  const page = await store.listSessions();
  expect([page.sessions.map(({ sessionId }) => sessionId), page.damaged]).toEqual([['other'], ['s']]);
  expect((await store.getSnapshot({ snapshotId: 'b' }))?.state).toEqual({ messages: conversation(4) });
  await store.compact();
  expect(await dumpDatabase(name)).toEqual(before);
});

describe('a newer row of a log', () => {
  test('is not read, and not changed; what does not need it is read', async () => {
    const { name } = await filled();
    // The second: what `b` added to what `a` had.
    const [, second] = await logKeys(name);
    await spoilLogRow(name, raised, second);
    const before = await dumpDatabase(name);
    const { store } = new Chat({ name });
    for (const call of [
      () => store.getSnapshot({ snapshotId: 'b' }),
      () => store.saveSnapshot('b', (current) => current ?? null),
    ]) {
      const { message } = await expectRefusal(call, 'FAILED_PRECONDITION', 'b');
      expect(message).toContain(NEWER);
    }
    for (const snapshotId of ['a', 'x']) {
      expect((await store.getSnapshot({ snapshotId }))?.state).toEqual({ messages: conversation(2) });
    }
    await store.compact();
    expect(await dumpDatabase(name)).toEqual(before);
  });

  test('whose content nobody knows is read as newer, not as lost', async () => {
    const { name } = await filled();
    const [, second] = await logKeys(name);
    await spoilLogRow(name, () => ({ format: 2, packed: new Uint8Array(9) }), second);
    const { store } = new Chat({ name });
    const { message } = await expectRefusal(
      () => store.getSnapshot({ snapshotId: 'b' }),
      'FAILED_PRECONDITION',
      'b',
    );
    expect(message).toContain(NEWER);
  });

  test('is not cut into pieces when a snapshot goes that shared it', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: conversation(4) });
    await chat.save('b', 'a', { messages: conversation(2) });
    const key = await spoilLogRow(chat.name, () => ({ format: 2, packed: new Uint8Array(9) }));
    expect(await chat.open().deleteSnapshot('b')).toBe(1);
    await chat.save('c', 'a', { messages: conversation(1) }, { via: chat.open() });
    expect(await chat.open().deleteSnapshot('c')).toBe(1);
    expect(await logKeys(chat.name)).toContainEqual(key);
  });
});

test('rows of this format may have more in them than is known', async () => {
  const { name } = await filled();
  const more = (row: any) => ({ ...row, unheardOf: { by: 'this version' } });
  await overwriteRow(name, 'snapshots', 'b', more);
  await overwriteRow(name, 'sessions', 's', more);
  const [first] = await logKeys(name);
  await spoilLogRow(name, more, first);
  const chat = new Chat({ name });
  const { store } = chat;
  expect((await store.getSnapshot({ sessionId: 's' }))?.state).toEqual({ messages: conversation(4) });
  expect((await store.check({ repair: true })).problems).toEqual([]);
  await chat.save('c', 'b', { messages: conversation(6) });
  await store.selectBranch('a');
  await store.compact();
  expect((await chat.open().getSnapshot({ snapshotId: 'c' }))?.state).toEqual({ messages: conversation(6) });
  expect((await store.check()).problems).toEqual([]);
  expect(await chat.open().deleteSession('s')).toBe(3);
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { overwriteRow } from '../database/raw-database.js';
import { Chat, conversation, logKeys, spoilLogRow } from '../logs/chat.js';
import { exported, linesOf, streamOf, textOf, undated, type Failure } from './files.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const failure = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.unreachable('should have failed'),
    (error: Failure) => error,
  );

async function chatOf(sessions: number, turns = 3): Promise<Chat> {
  const chat = new Chat();
  for (let s = 0; s < sessions; s++) {
    for (let n = 0; n < turns; n++) {
      const parent = n > 0 ? `s${s}-${n - 1}` : undefined;
      await chat.save(
        `s${s}-${n}`,
        parent,
        { messages: conversation(n + 1, `s${s}m`) },
        { sessionId: `s${s}` },
      );
    }
  }
  return chat;
}

describe('An export', () => {
  it('has each message once, and nothing of the clock', async () => {
    const chat = await chatOf(1, 10);
    const lines = linesOf(await exported(chat.store));
    expect(lines.map(({ type }) => type)).toEqual([
      'header',
      'session',
      ...Array.from({ length: 10 }, () => 'entry'),
      ...Array.from({ length: 10 }, () => 'snapshot'),
      'session-end',
      'end',
    ]);
    expect(lines.filter(({ type }) => type === 'entry').map(({ log, at }) => [log, at])).toEqual(
      Array.from({ length: 10 }, (_, at) => [0, at]),
    );
    expect(lines.at(-2)).toMatchObject({ snapshots: 10, entries: 10 });
    expect(lines.at(-1)).toMatchObject({ sessions: 1, snapshots: 10, entries: 10 });
  });

  it('is the same however the rows lie: before and after they were sealed', async () => {
    const chat = new Chat();
    await chat.chain(Array.from({ length: 40 }, (_, n) => ({ messages: conversation(n + 1, 'm', 9_000) })));
    const before = undated(await exported(chat.store));
    await chat.store.compact();
    expect(undated(await exported(chat.store))).toEqual(before);
  });

  it('of some sessions leaves out the others, those that do not exist, and what belongs to none', async () => {
    const chat = await chatOf(3);
    await save(chat.store, 'alone', { ...turn(1), sessionId: undefined });
    const file = await exported(chat.store, { sessionIds: ['s2', 'nobody', 's0', 's2'] });
    const sessions = linesOf(file).filter(({ type }) => type === 'session');
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['s2', 's0']);
  });

  it('reads as much as is asked for, and holds no transaction meanwhile', async () => {
    const chat = await chatOf(3);
    const { transaction } = IDBDatabase.prototype;
    let open = 0;
    let begun = 0;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
      const made = transaction.apply(this, args);
      open++;
      begun++;
      for (const end of ['complete', 'abort']) made.addEventListener(end, () => open--);
      return made;
    });
    const reader = chat.store.exportSessions().getReader();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun, 'before anybody reads').toBe(0);
    let text = '';
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      text += new TextDecoder().decode(chunk.value);
      const before = begun;
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect([open, begun], 'while the reader does something else').toEqual([0, before]);
    }
    vi.restoreAllMocks();
    expect(begun, 'the ids, and each session').toBe(4);
    expect(linesOf(text).at(-1)).toMatchObject({ sessions: 3 });
  });

  it('shows each session as of one moment, whatever is saved and deleted meanwhile', async () => {
    const chat = await chatOf(3);
    const reader = chat.store.exportSessions().getReader();
    const decoder = new TextDecoder();
    let text = decoder.decode((await reader.read()).value);
    // Two of them have not been read yet.
    await save(chat.store, 's1-3', turn(50, { sessionId: 's1', parentId: 's1-2' }));
    await chat.store.deleteSession('s2');
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
      text += decoder.decode(chunk.value);
    const to = openStore();
    expect(await to.importSessions(streamOf(text))).toMatchObject({ complete: true });
    expect(await to.getTree('s1')).toEqual(await chat.store.getTree('s1'));
    expect(await to.getSession('s2')).toBeUndefined();
    expect((await to.check()).problems).toEqual([]);
  });

  it('ends with the signal’s reason, or when nobody wants more', async () => {
    const chat = await chatOf(3);
    const ending = new AbortController();
    const reason = new Error('enough');
    const stream = chat.store.exportSessions({
      signal: ending.signal,
      onProgress: () => ending.abort(reason),
    });
    expect(await failure(textOf(stream))).toBe(reason);
    const reader = chat.store.exportSessions().getReader();
    await reader.read();
    await reader.cancel();
    expect((await reader.read()).done).toBe(true);
    expect((await chat.store.check()).problems).toEqual([]);
  });

  it('fails when the store is closed under it', async () => {
    const chat = await chatOf(3);
    const reader = chat.store.exportSessions().getReader();
    await reader.read();
    await chat.store.close();
    const rest = (async () => {
      while (!(await reader.read()).done);
    })();
    expect(await failure(rest)).toMatchObject({ status: 'FAILED_PRECONDITION' });
    expect(() => chat.store.exportSessions()).toThrow('closed');
  });

  it.each([
    [{ sessionIds: 's' }, 'options.sessionIds'],
    [{ sessionIds: [' '] }, 'options.sessionIds'],
    [{ onProgress: 1 }, 'options.onProgress'],
  ])('refuses %j', async (options, path) => {
    const stream = openStore().exportSessions(options as never);
    expect(await failure(textOf(stream))).toMatchObject({ status: 'INVALID_ARGUMENT', path });
  });
});

describe('What cannot be read', () => {
  it('is left out and named, and an import tells of it', async () => {
    const chat = await chatOf(3);
    await overwriteRow(chat.name, 'snapshots', 's0-2', ({ id, sessionId, createdMs, version }) => ({
      id,
      sessionId,
      createdMs,
      version,
    }));
    await overwriteRow(chat.name, 'sessions', 's1', ({ id, updatedMs }) => ({ id, updatedMs }));
    const keys = await logKeys(chat.name);
    await spoilLogRow(chat.name, () => 'garbage', keys.at(-1));
    const to = openStore({ compaction: false });
    const told: unknown[] = [];
    const from = openStore({ name: chat.name });
    const file = await exported(from, { onDamaged: (part) => told.push(part) });
    const report = await to.importSessions(streamOf(file));
    expect(told).toEqual(report.damaged);
    expect(await failure(exported(from))).toMatchObject({ status: 'DATA_LOSS', damaged: told });
    expect(report).toMatchObject({
      complete: true,
      snapshots: 7,
      damaged: [
        { sessionId: 's0', snapshotId: 's0-2' },
        { sessionId: 's1' },
        { sessionId: 's2', snapshotId: 's2-2' },
      ],
    });
    expect((await to.check()).problems).toEqual([]);
    for (const id of ['s0-1', 's1-2', 's2-1']) {
      const [was, is] = await Promise.all(
        [chat.store, to].map((store) => store.getSnapshot({ snapshotId: id })),
      );
      expect(is).toEqual(was);
    }
  });

  it('a blob whose bytes the browser has lost takes along the snapshots that need it, and no other', async () => {
    const chat = await chatOf(1, 2);
    const blob = new Blob(['x'.repeat(20_000)]);
    const messages = [...conversation(2, 's0m'), { content: [{ data: blob }] }];
    await chat.save('image', 's0-1', { messages }, { sessionId: 's0' });
    await chat.save('only', undefined, { messages: messages.slice(2) }, { sessionId: 'only' });
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(new DOMException('gone', 'NotReadableError'));
    const file = await exported(chat.store, { onDamaged: () => {} });
    vi.restoreAllMocks();
    const to = openStore({ compaction: false });
    expect(await to.importSessions(streamOf(file))).toMatchObject({
      sessions: [{ sessionId: 's0', outcome: 'imported' }],
      snapshots: 2,
      damaged: [
        { sessionId: 'only', snapshotId: 'only' },
        { sessionId: 's0', snapshotId: 'image' },
      ],
    });
    expect((await to.check()).problems).toEqual([]);
    expect(await to.getSnapshot({ snapshotId: 's0-1' })).toEqual(
      await chat.store.getSnapshot({ snapshotId: 's0-1' }),
    );
  });
});

describe('What no file can hold fails the export, and is named', () => {
  const deep = (levels: number): unknown => {
    let value: unknown = 'bottom';
    for (let n = 0; n < levels; n++) value = { in: value };
    return value;
  };

  it('what is nested too deep: the rest is exported all the same, and nobody overlooks it', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { state: { messages: [message('hi')], custom: deep(1_002) } }));
    await save(store, 'b', turn(1, { sessionId: 'fine' }));
    const error = await failure(exported(store));
    expect(error).toMatchObject({ status: 'FAILED_PRECONDITION', damaged: [{ snapshotId: 'a' }] });
    expect(error.message).toContain('session "s"');
    expect(error.message).toContain('nested more than 1000 levels');
    const file = await exported(store, { onDamaged: () => {} });
    const to = openStore();
    expect(await to.importSessions(streamOf(file))).toMatchObject({ complete: true, snapshots: 1 });
    expect(await to.getSession('fine')).toBeDefined();
    expect(linesOf(await exported(store, { sessionIds: ['fine'] })).at(-1)).toMatchObject({ sessions: 1 });
  });

  it('and what is just not too deep comes back', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { state: { custom: deep(990) } }));
    const to = openStore();
    await to.importSessions(streamOf(await exported(store)));
    expect((await to.getSnapshot({ snapshotId: 'a' }))?.state?.custom).toEqual(deep(990));
  });
});

it('another tenant is not in it', async () => {
  const store = openStore({
    name: freshName(),
    snapshotPathPrefix: (options) => String(options?.context?.['user']),
  });
  const as = (user: string) => ({ context: { user } });
  await store.saveSnapshot('a', () => turn(1), as('eve'));
  await store.saveSnapshot('b', () => turn(2), as('bob'));
  const file = await exported(store, as('eve'));
  expect(file).toContain('"snapshotId":"a"');
  expect(file).not.toContain('"snapshotId":"b"');
  await store.importSessions(streamOf(file), as('zoe'));
  expect(await store.getSnapshot({ snapshotId: 'a', ...as('zoe') })).toBeDefined();
  expect(await store.getSnapshot({ snapshotId: 'a', ...as('bob') })).toBeUndefined();
});

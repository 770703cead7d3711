import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IDBFactory } from 'fake-indexeddb';
import type { IndexedDBSessionStore, OnConflict, TransferProgress } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';
import { conversation } from '../logs/chat.js';
import { exported, linesOf, sealed, streamOf, type Failure } from './files.js';

type Store = IndexedDBSessionStore<any>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Two sessions of a few turns each, one branched and selected, and a snapshot without a session. */
async function filled(): Promise<Store> {
  const store = openStore({ compaction: false });
  for (const sessionId of ['s', 't']) {
    for (const n of [0, 1, 2]) {
      const parent = n > 0 ? { parentId: `${sessionId}${n - 1}` } : {};
      const state = { sessionId, messages: conversation(n + 1, sessionId) };
      await save(store, `${sessionId}${n}`, turn(n, { sessionId, ...parent, state }));
    }
  }
  await save(store, 't1b', turn(5, { sessionId: undefined, parentId: 't0', state: { sessionId: 't' } }));
  await store.selectBranch('t2');
  await store.updateSession('t', { title: 'T' });
  await save(store, 'alone', { ...turn(9), sessionId: undefined });
  return store;
}

const refusal = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.unreachable('should have been refused'),
    (error: Failure) => error,
  );

describe('What is there already', () => {
  it('is skipped, untouched, and the rest is imported', async () => {
    const file = await exported(await filled());
    const to = openStore({ compaction: false });
    await save(to, 'mine', turn(1, { sessionId: 't' }));
    const before = await to.getTree('t');
    const report = await to.importSessions(streamOf(file));
    expect(report.sessions).toEqual([
      { sessionId: 's', outcome: 'imported' },
      { sessionId: 't', outcome: 'skipped' },
      { sessionId: undefined, snapshotId: 'alone', outcome: 'imported' },
    ]);
    expect(report).toMatchObject({ complete: true, totals: { imported: 2, skipped: 1 }, snapshots: 4 });
    expect(await to.getTree('t')).toEqual(before);
    expect(await to.getSnapshot({ snapshotId: 't0' })).toBeUndefined();
    expect((await to.check()).problems).toEqual([]);
  });

  it('is replaced in one transaction, with nothing of it left', async () => {
    const from = await filled();
    const to = openStore({ compaction: false });
    await save(to, 'mine', turn(1, { sessionId: 't', state: { messages: conversation(9) } }));
    await to.updateSession('t', { title: 'mine', metadata: { a: 1 } });
    await save(to, 'alone', { ...turn(1), sessionId: undefined });
    const changes: unknown[] = [];
    to.onSessionChange('t', (change) => changes.push(change));
    const report = await to.importSessions(streamOf(await exported(from)), { onConflict: 'replace' });
    expect(report.totals).toMatchObject({ imported: 1, replaced: 2, failed: 0 });
    expect(await to.getTree('t')).toEqual(await from.getTree('t'));
    expect(await to.getSession('t')).toEqual(await from.getSession('t'));
    expect(await to.getSnapshot({ snapshotId: 'alone' })).toEqual(
      await from.getSnapshot({ snapshotId: 'alone' }),
    );
    expect(await to.check()).toMatchObject({
      ...(await from.check()),
      bytes: expect.any(Number),
      problems: [],
    });
    expect(changes, 'nobody saw it gone').toEqual([
      { type: 'changed', sessionId: 't', session: await to.getSession('t') },
    ]);
  });

  it('is left beside a fork, which has ids of its own throughout', async () => {
    const from = await filled();
    const to = openStore({ compaction: false });
    const file = await exported(from);
    await to.importSessions(streamOf(file));
    const before = await Promise.all(['s', 't'].map((id) => to.getTree(id)));
    const report = await to.importSessions(streamOf(file), { onConflict: 'fork' });
    expect(report.totals).toMatchObject({ forked: 3, failed: 0 });
    expect(await Promise.all(['s', 't'].map((id) => to.getTree(id)))).toEqual(before);
    const newId = report.sessions[1]!.newId!;
    const [was, is] = [await to.getTree('t'), await to.getTree(newId)];
    expect(is.nodes.size).toBe(was.nodes.size);
    expect([...is.nodes.keys()].filter((id) => was.nodes.has(id))).toEqual([]);
    const shape = (tree: typeof was) => {
      const order = [...tree.nodes.keys()];
      const place = (id: string | undefined) => order.indexOf(id!);
      const nodes = [...tree.nodes.values()];
      return {
        head: place(tree.headId),
        nodes: nodes.map((node) => [place(node.parentId), node.children.map(place)]),
      };
    };
    expect(shape(is)).toEqual(shape(was));
    for (const id of is.nodes.keys()) {
      const snapshot = await to.getSnapshot({ snapshotId: id });
      expect([snapshot?.sessionId ?? newId, snapshot?.state?.sessionId]).toEqual([newId, newId]);
    }
    expect(await to.getSession(newId)).toMatchObject({ title: 'T', snapshotCount: 4 });
    expect((await to.check()).problems).toEqual([]);
  });

  it('is forked even if what the state says of its session is long enough to be an entry', async () => {
    const sessionId = 'long'.repeat(300);
    const from = openStore({ compaction: false });
    await save(from, 'a', {
      ...turn(1),
      sessionId: undefined,
      state: { sessionId, messages: [message('hi')] },
    });
    const file = await exported(from);
    const report = await from.importSessions(streamOf(file), { onConflict: 'fork' });
    const { newId } = report.sessions[0]!;
    const forked = await from.getSnapshot({ sessionId: newId! });
    expect(forked?.state).toEqual({ sessionId: newId, messages: [message('hi')] });
    expect((await from.check()).problems).toEqual([]);
  });

  it.each<OnConflict>(['skip', 'replace'])(
    'in another session is never taken from it: %s',
    async (onConflict) => {
      const file = await exported(await filled());
      const to = openStore({ compaction: false });
      await save(to, 't1', turn(1, { sessionId: 'other' }));
      const report = await to.importSessions(streamOf(file), { onConflict });
      expect(report.sessions[1]).toMatchObject({
        sessionId: 't',
        outcome: 'failed',
        error: { status: 'ALREADY_EXISTS' },
      });
      expect(report).toMatchObject({ complete: true, totals: { imported: 2, failed: 1 } });
      expect(await to.getSession('t')).toBeUndefined();
      expect((await to.getSnapshot({ snapshotId: 't1' }))?.sessionId).toBe('other');
      expect((await to.check()).problems).toEqual([]);
    },
  );

  it('in another session makes a fork, if that is asked for', async () => {
    const file = await exported(await filled());
    const to = openStore({ compaction: false });
    await save(to, 't1', turn(1, { sessionId: 'other' }));
    const report = await to.importSessions(streamOf(file), { onConflict: 'fork' });
    expect(report.totals).toMatchObject({ imported: 2, forked: 1 });
    expect((await to.check()).problems).toEqual([]);
  });

  it('and ids that are generated twice: the fork fails, and nothing of it is written', async () => {
    const file = await exported(await filled());
    const to = openStore({ compaction: false, generateId: () => 'always the same' });
    await to.importSessions(streamOf(file));
    const before = await to.check();
    const report = await to.importSessions(streamOf(file), { onConflict: 'fork' });
    expect(report.sessions.slice(0, 2)).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }]);
    expect(await to.check()).toMatchObject({ sessions: before.sessions, problems: [] });
  });
});

describe('An import that ends early', () => {
  it('keeps the sessions that were whole, says so, and goes on when it is run again', async () => {
    const from = await filled();
    const file = await exported(from);
    const lines = file.split('\n');
    const ends = lines.flatMap((line, n) => (line.includes('"session-end"') ? [n] : []));
    const to = openStore({ compaction: false });
    // Cut off in the midst of the second session.
    const error = await refusal(to.importSessions(streamOf(lines.slice(0, ends[1]).join('\n'))));
    expect(error).toMatchObject({
      status: 'DATA_LOSS',
      path: `line ${ends[1]}`,
      report: { complete: false, sessions: [{ sessionId: 's', outcome: 'imported' }], snapshots: 3 },
    });
    expect(await to.getSession('t')).toBeUndefined();
    expect((await to.check()).problems).toEqual([]);
    const report = await to.importSessions(streamOf(file));
    expect(report.sessions.map(({ outcome }) => outcome)).toEqual(['skipped', 'imported', 'imported']);
    expect(await to.getTree('t')).toEqual(await from.getTree('t'));
  });

  it('wherever it is cut off: each session is there whole, or not at all', async () => {
    const from = await filled();
    const file = await exported(from);
    const whole = { s: await from.getTree('s'), t: await from.getTree('t') };
    for (let length = 1; length < file.length - 1; length += 97) {
      const to = openStore({ compaction: false });
      expect((await refusal(to.importSessions(streamOf(file.slice(0, length))))).status).toBe('DATA_LOSS');
      for (const id of ['s', 't'] as const) {
        if (await to.getSession(id)) expect(await to.getTree(id)).toEqual(whole[id]);
        else expect((await to.getTree(id)).nodes.size).toBe(0);
      }
      expect((await to.check()).problems).toEqual([]);
    }
  });

  it('by a signal: what was imported stays, and the stream is let go', async () => {
    const file = await exported(await filled());
    const to = openStore({ compaction: false });
    const ending = new AbortController();
    const cancelled = vi.fn<(reason: unknown) => void>();
    const stream = streamOf(file).pipeThrough(new TransformStream({ cancel: cancelled } as Transformer));
    const reason = new Error('enough');
    const error = await refusal(
      to.importSessions(stream, { signal: ending.signal, onProgress: () => ending.abort(reason) }),
    );
    expect(error).toBe(reason);
    expect((await to.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['s']);
    expect((await to.check()).problems).toEqual([]);
  });

  it('by a signal, while the stream has stalled', async () => {
    const ending = new AbortController();
    const stalled = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    const importing = openStore().importSessions(stalled, { signal: ending.signal });
    setTimeout(() => ending.abort(new Error('enough')), 10);
    await expect(importing).rejects.toThrow('enough');
  });

  it('because the stream fails', async () => {
    const cause = new Error('unplugged');
    const failing = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(cause) });
    expect(await refusal(openStore().importSessions(failing))).toMatchObject({
      status: 'UNAVAILABLE',
      cause,
    });
  });

  it('because the store is closed', async () => {
    const file = await exported(await filled());
    const to = openStore();
    await to.close();
    expect(await refusal(to.importSessions(streamOf(file)))).toMatchObject({ status: 'FAILED_PRECONDITION' });
  });
});

describe('A file that is not as it was written', () => {
  it('is refused at the session that was changed, before anything of that is written', async () => {
    const file = await exported(await filled());
    const to = openStore({ compaction: false });
    const error = await refusal(to.importSessions(streamOf(file.replace('t2 t2', 't2 T2'))));
    expect(error).toMatchObject({ status: 'DATA_LOSS', report: { totals: { imported: 1 } } });
    expect(error.path).toMatch(/^line \d+\.sha256$/);
    expect(await to.getSession('t')).toBeUndefined();
  });

  it.each<[string, (file: string) => string, string, RegExp]>([
    ['another kind of file', () => '{"messages":[]}\n', 'INVALID_ARGUMENT', /^line 1$/],
    [
      'of a newer version',
      (file) => file.replace(/"version":\d+,"readableFrom":\d+/, '"version":99,"readableFrom":99'),
      'FAILED_PRECONDITION',
      /^line 1.version$/,
    ],
    ['without its last line', (file) => file.replace(/.*\n$/, ''), 'DATA_LOSS', /^line \d+$/],
    ['with more after its end', (file) => `${file}{"type":"end"}\n`, 'INVALID_ARGUMENT', /^line \d+$/],
    [
      'with a line that is no JSON',
      (file) => file.replace('"entry"', 'entry'),
      'INVALID_ARGUMENT',
      /^line 3$/,
    ],
    [
      'with a line of no known type',
      (file) => file.replace('"entry"', '"memo"'),
      'INVALID_ARGUMENT',
      /^line 3.type$/,
    ],
    [
      'with a session that was taken out',
      (file) => file.replace(/\{"type":"session",[^]*?"session-end".*\n/, ''),
      'DATA_LOSS',
      /sha256$/,
    ],
    ['that is not UTF-8', (file) => file, 'INVALID_ARGUMENT', /^line 3$/],
  ])('%s', async (name, spoil, status, path) => {
    const file = spoil(await exported(await filled()));
    const bytes = new TextEncoder().encode(file);
    if (name === 'that is not UTF-8') bytes[bytes.indexOf(0x0a, bytes.indexOf(0x0a) + 1) + 60] = 0xff;
    const to = openStore({ compaction: false });
    const error = await refusal(to.importSessions(streamOf(bytes)));
    expect(error).toMatchObject({ status, path: expect.stringMatching(path) });
    expect(error.report).toMatchObject({ complete: false });
    const isWhole = name.includes('last line') || name.includes('its end');
    expect(await to.check()).toMatchObject({ sessions: isWhole ? 2 : 0, problems: [] });
  });
});

describe('Progress and news', () => {
  it('tells how far it has come', async () => {
    const seen: TransferProgress[] = [];
    const written: TransferProgress[] = [];
    const file = await exported(await filled(), { onProgress: (progress) => written.push(progress) });
    await openStore().importSessions(streamOf(file), { onProgress: (progress) => seen.push(progress) });
    expect(written.map(({ sessions, totalSessions }) => [sessions, totalSessions])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(seen.map(({ sessions, snapshots }) => [sessions, snapshots])).toEqual([
      [1, 3],
      [2, 7],
      [3, 8],
    ]);
    expect(seen.at(-1)!.bytes).toBeGreaterThan(seen[0]!.bytes);
    expect(seen.at(-1)!.entries).toBe(written.at(-1)!.entries);
  });

  it('a listener that throws hurts nobody', async () => {
    vi.stubGlobal('reportError', vi.fn<(error: unknown) => void>());
    const file = await exported(await filled());
    const onProgress = () => {
      throw new Error('mine');
    };
    expect(await openStore().importSessions(streamOf(file), { onProgress })).toMatchObject({
      complete: true,
    });
    expect(reportError).toHaveBeenCalledTimes(3);
    vi.unstubAllGlobals();
  });

  it('other tabs hear of what was imported, and see it whole', async () => {
    const file = await exported(await filled());
    const name = freshName();
    const [here, there] = [openStore({ name }), openStore({ name })];
    const told: unknown[] = [];
    const states: unknown[] = [];
    for (const store of [here, there]) store.onSessionChange('t', (change) => told.push(change.type));
    for (const store of [here, there]) store.onSnapshotStateChange('t2', ({ state }) => states.push(state));
    await here.importSessions(streamOf(file));
    await eventually(() => states.length === 2, 'both watchers are told');
    const { state } = (await there.getSnapshot({ snapshotId: 't2' }))!;
    expect(states).toEqual([state, state]);
    expect(told).toEqual(['changed', 'changed']);
  });
});

describe('Bad arguments', () => {
  it.each([
    [{ onConflict: 'merge' }, 'options.onConflict'],
    [{ maxLineBytes: 0 }, 'options.maxLineBytes'],
    [{ onProgress: 1 }, 'options.onProgress'],
    [{ signal: {} }, 'options.signal'],
  ])('%j', async (options, path) => {
    const importing = openStore().importSessions(streamOf(''), options as never);
    expect(await refusal(importing)).toMatchObject({ status: 'INVALID_ARGUMENT', path });
  });

  it('what is no stream, or one that is being read', async () => {
    const locked = streamOf('');
    locked.getReader();
    for (const stream of ['text', undefined, locked]) {
      const importing = openStore().importSessions(stream as never);
      expect(await refusal(importing)).toMatchObject({ status: 'INVALID_ARGUMENT', path: 'stream' });
    }
  });
});

it('nothing is lost if a transaction has to be done again', async () => {
  const from = await filled();
  const lines = linesOf(await exported(from));
  const name = freshName();
  const to = openStore({ name, compaction: false });
  await to.listSessions();
  const { transaction } = IDBDatabase.prototype;
  let spoiled = 0;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const made = transaction.apply(this, args);
    if (args[1] === 'readwrite' && spoiled++ % 2 === 0) queueMicrotask(() => made.abort());
    return made;
  });
  await to.importSessions(streamOf(sealed(lines)));
  vi.restoreAllMocks();
  expect(spoiled).toBeGreaterThan(3);
  expect(await to.getTree('t')).toEqual(await from.getTree('t'));
  expect((await to.check()).problems).toEqual([]);
  expect((await dumpDatabase(name))!['snapshots']).toHaveLength(8);
});

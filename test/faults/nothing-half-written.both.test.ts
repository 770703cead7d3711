import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal, failureOf } from '../assertions/expect-refusal.js';
import { requestsOf } from '../database/observe-requests.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';
import { abortingCommits, throwingAtWrite } from './inject-faults.js';
import { renewIndexedDB } from '../environment.js';

type Store = IndexedDBSessionStore<any>;

/** A session with two branches, one of them selected, a second session, and a snapshot of no session. */
async function fill(store: Store): Promise<void> {
  await save(store, 'a', turn(1));
  await save(store, 'b', turn(2, { parentId: 'a' }));
  await save(store, 'c', turn(3, { parentId: 'b' }));
  await save(store, 'd', turn(4, { parentId: 'a' }));
  await save(store, 'alone', turn(5, { sessionId: undefined }));
  await save(store, 'other', turn(6, { sessionId: 'two' }));
  await store.updateSession('s', { title: 'A chat', metadata: { pinned: true } });
  await store.selectBranch('c');
}

interface Write {
  title: string;
  write: (store: Store) => Promise<unknown>;
  options?: IndexedDBSessionStoreOptions;
}

/** Every way to write, as it is done on what `fill` left. */
const WRITES: Write[] = [
  {
    title: 'saving a first snapshot',
    write: (store) => save(store, 'new', turn(7, { sessionId: 'new' })),
  },
  {
    title: 'saving a snapshot without an id',
    write: (store) => store.saveSnapshot(undefined, () => turn(7)),
    options: { generateId: () => 'made' },
  },
  {
    title: 'saving a child of the selected snapshot',
    write: (store) => save(store, 'new', turn(7, { parentId: 'c' })),
  },
  {
    title: 'saving more than the longest chain',
    write: (store) => save(store, 'new', turn(7, { parentId: 'c' })),
    options: { maxPersistedChainLength: 1 },
  },
  { title: 'rewriting a snapshot', write: (store) => save(store, 'c', turn(7, { parentId: 'd' })) },
  {
    title: 'rewriting a snapshot without its state',
    write: (store) => save(store, 'c', turn(3, { parentId: 'b', state: undefined })),
  },
  { title: 'updating a session', write: (store) => store.updateSession('s', { title: 'Another' }) },
  { title: 'selecting a branch', write: (store) => store.selectBranch('d') },
  { title: 'deleting a leaf', write: (store) => store.deleteSnapshot('d') },
  { title: 'deleting a subtree', write: (store) => store.deleteSnapshot('b', { subtree: true }) },
  { title: 'deleting a session', write: (store) => store.deleteSession('s') },
  { title: 'clearing the store', write: (store) => store.clear() },
];

/** Fills a database; afterwards `expectUnchanged` fails unless that is still all there is in it. */
async function filledStore(options: IndexedDBSessionStoreOptions = {}) {
  const name = freshName();
  await fill(openStore({ name }));
  const before = await dumpDatabase(name);

  const store = openStore({ ...options, name });
  const heard: unknown[] = [];
  store.onSessionsChange((change) => heard.push(change));
  store.onSnapshotStateChange('new', (snapshot) => heard.push(snapshot));
  return {
    store,
    async expectUnchanged() {
      expect(await dumpDatabase(name)).toEqual(before);
      expect(heard, 'what watchers were told').toEqual([]);
    },
  };
}

/** All that a user could see of the sessions of `WRITES`. */
async function visible(store: Store): Promise<unknown> {
  const ids = ['s', 'two', 'new'];
  return {
    sessions: await store.listSessions(),
    trees: await Promise.all(ids.map((id) => store.getTree(id))),
    latest: await Promise.all(ids.map((sessionId) => store.getSnapshot({ sessionId }))),
    rewritten: await store.getSnapshot({ snapshotId: 'c' }),
  };
}

renewIndexedDB();

describe('a mutator that throws: the save rejects with just that, and nothing is written', () => {
  const thrown: [string, unknown][] = [
    ['an error', new Error('mine')],
    ['an error that looks like one of the browser', new DOMException('mine', 'AbortError')],
    ['an error that looks like a full disk', new DOMException('mine', 'QuotaExceededError')],
    ['a text', 'mine'],
    ['null', null],
    ['undefined', undefined],
  ];
  test.each(thrown)('%s', async (_, error) => {
    const { store, expectUnchanged } = await filledStore();
    for (const id of ['c', 'new', undefined]) {
      let calls = 0;
      const failure = await failureOf(() =>
        store.saveSnapshot(id, () => {
          calls++;
          throw error;
        }),
      );
      expect(failure).toBe(error);
      expect(calls, 'calls of the mutator').toBe(1);
    }
    await expectUnchanged();
  });

  test('after it changed what it was given', async () => {
    const { store, expectUnchanged } = await filledStore();
    const error = new Error('mine');
    const failure = await failureOf(() =>
      store.saveSnapshot('c', (current) => {
        current!.state!.messages!.length = 0;
        current!.sessionId = 'two';
        throw error;
      }),
    );
    expect(failure).toBe(error);
    await expectUnchanged();
  });
});

describe('a value that cannot be cloned: the error names its path, and nothing is written', () => {
  const values: [string, object][] = [
    ['state.custom.onClick', { state: { custom: { onClick: () => 0 } } }],
    ['state.custom.deep.1.mark', { state: { custom: { deep: [0, { mark: Symbol('mark') }] } } }],
    ['state.messages.0.content.0.data', { state: { messages: [{ content: [{ data: () => 0 }] }] } }],
    ['state.artifacts.0.metadata.of', { state: { artifacts: [{ parts: [], metadata: { of: () => 0 } }] } }],
    ['error.details.cause', { error: { message: 'failed', details: { cause: () => 0 } } }],
    ['extra', { extra: new WeakMap() }],
  ];
  test.each(values)('%s', async (path, fields) => {
    const { store, expectUnchanged } = await filledStore();
    await expectRefusal(() => save(store, 'c', turn(7, fields)), 'INVALID_ARGUMENT', path);
    await expectRefusal(() => save(store, 'new', turn(7, fields)), 'INVALID_ARGUMENT', path);
    await expectRefusal(() => store.saveSnapshot(undefined, () => turn(7, fields)), 'INVALID_ARGUMENT', path);
    await expectUnchanged();
  });

  test('in the metadata of a session', async () => {
    const { store, expectUnchanged } = await filledStore();
    const patch = { title: 'Another', metadata: { colour: 'red', onClick: () => 0 } };
    await expectRefusal(() => store.updateSession('s', patch), 'INVALID_ARGUMENT', 'patch.metadata.onClick');
    await expectUnchanged();
  });
});

describe('custom state that its schema refuses: the error names its path, and nothing is written', () => {
  test('Zod', async () => {
    const stateSchema = z.object({
      x: z.number(),
      list: z.array(z.object({ name: z.string() })).optional(),
    });
    const { store, expectUnchanged } = await filledStore({ stateSchema });
    const custom = (value: unknown) => turn(7, { state: { custom: value } });
    await expectRefusal(() => save(store, 'c', custom({ x: 'one' })), 'INVALID_ARGUMENT', 'state.custom.x');
    await expectRefusal(() => save(store, 'new', custom({})), 'INVALID_ARGUMENT', 'state.custom.x');
    await expectRefusal(() => save(store, 'new', custom('text')), 'INVALID_ARGUMENT', 'state.custom');
    await expectRefusal(
      () => save(store, 'new', custom({ x: 1, list: [{ name: 'a' }, { name: 2 }] })),
      'INVALID_ARGUMENT',
      'state.custom.list.1.name',
    );
    await expectUnchanged();
  });

  const x = () => turn(7, { state: { custom: { x: 1 } } });
  const answering = (answer: () => unknown) => ({
    '~standard': {
      version: 1 as const,
      vendor: 'by hand',
      validate: answer as () => { value: unknown },
    },
  });
  test('a Standard Schema written by hand, with keys as objects', async () => {
    const issue = { message: 'no good', path: [{ key: 'x' }, 0] };
    const { store, expectUnchanged } = await filledStore({
      stateSchema: answering(() => ({ issues: [issue] })),
    });
    const error = await expectRefusal(() => save(store, 'c', x()), 'INVALID_ARGUMENT', 'state.custom.x.0');
    expect(error.message).toContain('no good');
    await expectUnchanged();
  });

  test.each([
    ['a promise of Zod’s', z.object({ x: z.number().refine(() => Promise.resolve(true)) })],
    ['a promise that fails', answering(() => Promise.reject(new Error('unseen')))],
    // Of another realm, or of a library of its own.
    ['a promise of another kind', answering(() => ({ then: (done: (result: object) => void) => done({}) }))],
  ])('one that answers with %s', async (_, stateSchema) => {
    const { store, expectUnchanged } = await filledStore({ stateSchema });
    await expectRefusal(() => save(store, 'c', x()), 'INVALID_ARGUMENT', 'options.stateSchema');
    await expectUnchanged();
  });

  test('one that throws', async () => {
    const error = new Error('broken schema');
    const { store, expectUnchanged } = await filledStore({
      stateSchema: answering(() => {
        throw error;
      }),
    });
    const failure = await failureOf(() => save(store, 'c', x()));
    expect([failure, (failure as Error).cause]).toContain(error);
    await expectUnchanged();
  });

  test('state without custom state, and custom state that passes, are written as they are', async () => {
    const { store } = await filledStore({ stateSchema: z.object({ x: z.coerce.number() }) });
    await save(store, 'pending', turn(7, { status: 'pending', state: undefined }));
    await save(store, 'passes', turn(8, { state: { custom: { x: '1', y: 2 } } }));
    const passed = await store.getSnapshot({ snapshotId: 'passes' });
    expect(passed?.state?.custom).toEqual({ x: '1', y: 2 });
  });
});

describe('generateId', () => {
  test('an id that is taken: ALREADY_EXISTS, and nothing is written', async () => {
    let calls = 0;
    const { store, expectUnchanged } = await filledStore({
      generateId() {
        calls++;
        return 'c';
      },
    });
    await expectRefusal(() => store.saveSnapshot(undefined, () => turn(7)), 'ALREADY_EXISTS');
    await expectRefusal(
      () => store.saveSnapshot(undefined, () => turn(7, { sessionId: 'new', parentId: 'c' })),
      'ALREADY_EXISTS',
    );
    expect(calls, 'one id for each save').toBe(2);
    await expectUnchanged();
  });

  test.each([
    ['blank', '  '],
    ['no text', 7],
    ['undefined', undefined],
  ])('an id that is %s: refused, and nothing is written', async (_, id) => {
    const { store, expectUnchanged } = await filledStore({ generateId: () => id as string });
    await expectRefusal(
      () => store.saveSnapshot(undefined, () => turn(7)),
      'INVALID_ARGUMENT',
      'generateId()',
    );
    await expectUnchanged();
  });

  test('that throws: nothing is written', async () => {
    const error = new Error('no entropy');
    const { store, expectUnchanged } = await filledStore({
      generateId() {
        throw error;
      },
    });
    const failure = await failureOf(() => store.saveSnapshot(undefined, () => turn(7)));
    expect([failure, (failure as Error).cause]).toContain(error);
    await expectUnchanged();
  });
});

describe.each(WRITES)('$title', ({ write, options }) => {
  test('is undone whole when any of its requests throws', async () => {
    const rehearsal = await filledStore(options);
    const requests = await requestsOf(() => write(rehearsal.store));
    const writes = requests.filter((request) => request.writes).length;
    expect(writes).toBeGreaterThan(1);

    for (let nth = 1; nth <= writes; nth++) {
      const { store, expectUnchanged } = await filledStore(options);
      const error = new DOMException('cannot be stored', 'DataCloneError');
      const refusal = await expectRefusal(
        () => throwingAtWrite(nth, error, () => write(store)),
        'INVALID_ARGUMENT',
      );
      expect(refusal.cause).toBe(error);
      await expectUnchanged();
    }
  });

  test('is undone whole when the disk is full at the commit: RESOURCE_EXHAUSTED', async () => {
    const { store, expectUnchanged } = await filledStore(options);
    const error = new DOMException('full', 'QuotaExceededError');
    // Deleting is tried in a second way that needs no room.
    const refusal = await expectRefusal(
      () => abortingCommits(2, error, () => write(store)),
      'RESOURCE_EXHAUSTED',
    );
    expect(refusal.cause).toBe(error);
    await expectUnchanged();
  });

  test('is undone whole when the browser aborts it again and again: ABORTED', async () => {
    const { store, expectUnchanged } = await filledStore(options);
    await expectRefusal(() => abortingCommits(2, undefined, () => write(store)), 'ABORTED');
    await expectUnchanged();
  });

  test('is done once when the browser aborts it once', async () => {
    const { store: spared } = await filledStore(options);
    const { store: aborted } = await filledStore(options);
    const answer = await write(spared);
    expect(await abortingCommits(1, undefined, () => write(aborted))).toEqual(answer);
    expect(await visible(aborted)).toEqual(await visible(spared));
  });
});

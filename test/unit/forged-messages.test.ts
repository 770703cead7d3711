import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { loseMessages } from '../stand-ins/carry-messages.js';
import { eventually } from '../assertions/eventually.js';
import { requestsOf } from '../database/observe-requests.js';
import { freshName, openStore } from '../stores/open-store.js';
import { counter, typesOf, watchEverything } from './watch-everything.js';

type Store = IndexedDBSessionStore<any>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Two tabs, and a script that posts whatever it likes to the database's channel. */
async function openWithForger(): Promise<{
  writer: Store;
  listener: Store;
  forge: (message: unknown) => void;
}> {
  const name = freshName();
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  await save(writer, 'a', counter(1));
  await save(writer, 'b', turn(2, { parentId: 'a' }));
  const channel = new BroadcastChannel(`offshoot:${name}`);
  onTestFinished(() => channel.close());
  const forge = (message: unknown) =>
    channel.postMessage(
      typeof message === 'object' && message !== null && !Array.isArray(message) && !(message instanceof Map)
        ? { database: name, snapshots: [], sessions: [], cleared: false, ...message }
        : message,
    );
  return { writer, listener, forge };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const sparse: unknown[] = [];
sparse.length = 2 ** 32 - 1;

const forged: Record<string, unknown> = {
  'all deleted': { cleared: true },
  'all deleted, and how late': { since: 0, version: 9e15, cleared: true },
  'a stretch up to 9e15': { since: 0, version: 9e15, sessions: ['s'], snapshots: ['a'] },
  Infinity: { since: 0, version: Infinity, sessions: ['s'] },
  NaN: { since: NaN, version: NaN, sessions: ['s'] },
  negative: { since: -1, version: -0, sessions: ['s'] },
  'far ahead': { since: 9e15, version: 9e15 + 1 },
  'ids that are none': { snapshots: [{}, 7, null, ['a']], sessions: [new Map(), NaN, new Date(), 's'] },
  'ids that nobody has': { snapshots: ['x', ''], sessions: ['x', '', ' ', '\ud800', 'y'.repeat(1_000_000)] },
  'a list without end': { snapshots: sparse, sessions: sparse },
  'lists that are none': { snapshots: new Map([['a', 1]]), sessions: new Set(['s']) },
  'no object': new Map([['database', 'x']]),
  'another database': { database: 'another', cleared: true, sessions: ['s'] },
  'a database that is none': { database: { toString: 1 }, cleared: true },
};

describe.each(Object.entries(forged))('a message that is forged: %s', (_, message) => {
  test('tells nothing that is not stored, and what comes then is told by name', async () => {
    const { writer, listener, forge } = await openWithForger();
    const told = await watchEverything(listener);
    for (let n = 0; n < 3; n++) forge(message);
    await wait(150);
    expect(typesOf(told.sessions)).not.toContain('reset');
    expect([...typesOf(told.session), ...typesOf(told.sessions)]).not.toContain('deleted');
    expect(told.counts).toEqual([1]);

    await save(writer, 'a', counter(2));
    await writer.updateSession('s', { title: 'T' });
    await eventually(() => told.counts.at(-1) === 2, 'the save');
    await eventually(() => {
      const last = told.session.at(-1);
      return last?.type === 'changed' && last.session.title === 'T';
    }, 'the title');
    await writer.deleteSession('s');
    await eventually(() => typesOf(told.session).includes('deleted'), 'the deletion');
    expect(typesOf(told.sessions)).not.toContain('reset');
  });

  test('hides nothing that was missed', async () => {
    const losing = loseMessages();
    const { writer, listener, forge } = await openWithForger();
    const told = await watchEverything(listener);
    await losing.during(() => save(writer, 'a', counter(2)));
    forge(message);
    await wait(100);
    await save(writer, 'elsewhere', turn(3, { sessionId: 'other' }));
    await eventually(() => told.counts.at(-1) === 2, 'the save that was missed');
    await eventually(() => told.session.length > 0, 'its session');
    await eventually(
      () =>
        told.sessions.some(
          (change) => change.type === 'reset' || (change.type === 'changed' && change.sessionId === 's'),
        ),
      'word of it for those who watch all',
    );
  });
});

test('a save is not hidden by a message that names another session for it', async () => {
  const losing = loseMessages();
  const { writer, listener, forge } = await openWithForger();
  await save(writer, 'c', turn(3, { sessionId: 'other' }));
  const told = await watchEverything(listener);
  await losing.during(() => writer.deleteSession('other'));
  forge({ sessions: ['s'], snapshots: ['a'] });
  forge({ sessions: ['nobody has it'] });
  await eventually(() => typesOf(told.sessions).includes('reset'), 'word that sessions may have changed');
});

test('after clear(), who begins to watch looks again once at most, and is told of no deletion', async () => {
  const { writer, listener, forge } = await openWithForger();
  await writer.clear();
  await save(writer, 'a', counter(1));
  const told = await watchEverything(listener);
  for (let n = 0; n < 3; n++) {
    forge({ cleared: true, sessions: ['s'] });
    await wait(50);
  }
  expect(typesOf(told.sessions).filter((type) => type === 'reset').length).toBeLessThan(2);
  expect(typesOf(told.session)).not.toContain('deleted');
});

test('one that says that all is deleted does not make a later loss be taken for a deletion on purpose', async () => {
  const noted = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => noted.get(key) ?? null,
    setItem: (key: string, text: string) => noted.set(key, text),
    removeItem: (key: string) => noted.delete(key),
  });
  const { listener, forge } = await openWithForger();
  await watchEverything(listener);
  await eventually(() => noted.size > 0, 'the note of the database');
  forge({ cleared: true });
  await wait(100);
  expect(noted.size).toBe(1);
});

describe('however many there are', () => {
  test('a message reads 1,000 rows at the most, and 5,000 messages hardly more', async () => {
    const { listener, forge } = await openWithForger();
    await watchEverything(listener);
    const reads = async (post: () => void) => {
      const requests = await requestsOf(async () => {
        post();
        await wait(400);
      });
      return requests.length;
    };
    const ids = Array.from({ length: 50_000 }, (_, n) => `x${n}`);
    expect(await reads(() => forge({ sessions: ids, snapshots: ids }))).toBeLessThan(1_200);
    expect(
      await reads(() => {
        for (let n = 0; n < 5_000; n++)
          forge({ since: 8e15 + 2 * n, version: 8e15 + 2 * n + 1, sessions: ['x'] });
      }),
    ).toBeLessThan(1_000);
  });

  test('the save that comes in their midst is told', async () => {
    const { writer, listener, forge } = await openWithForger();
    const told = await watchEverything(listener);
    const ids = Array.from({ length: 1_500 }, (_, n) => `x${n}`);
    for (let n = 0; n < 50; n++) forge({ sessions: ids, snapshots: ids, cleared: true });
    await save(writer, 'a', counter(2));
    for (let n = 0; n < 50; n++) forge({ sessions: ids, snapshots: ids, cleared: true });
    await eventually(() => told.counts.at(-1) === 2, 'the save');
    await eventually(() => told.sessions.length > 0, 'its session');
    expect(typesOf(told.session)).not.toContain('deleted');
  });
});

test('the delivery of a save reads no more than its rows', async () => {
  const { writer, listener } = await openWithForger();
  const told = await watchEverything(listener);
  const requests = await requestsOf(async () => {
    await save(writer, 'a', counter(2));
    await eventually(() => told.counts.at(-1) === 2 && told.sessions.length > 0, 'the save');
  });
  const reads = requests.filter(({ transaction }) => transaction.mode === 'readonly');
  expect(reads.map(({ store, method }) => `${store}.${method}`).sort()).toEqual([
    'sessions.get',
    'snapshots.get',
  ]);
});

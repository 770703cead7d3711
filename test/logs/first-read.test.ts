import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { observingRequests, type RequestMade } from '../database/observe-requests.js';
import { overwriteRow, withRaw } from '../database/raw-database.js';
import { freshName, openStore } from '../stores/open-store.js';
import { makeKey } from '../encryption/keys.js';
import { Chat, conversation, said } from './chat.js';

type Store = IndexedDBSessionStore<any>;

/** What waits for idle time. */
let idle: (() => unknown)[];

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  idle = [];
  vi.stubGlobal('requestIdleCallback', (run: () => unknown) => idle.push(run));
});

const idleTime = () => Promise.all(idle.splice(0).map((run) => run()));

/** More than 64 KiB. */
const LONG = 130;
const long = (prefix?: string) => conversation(LONG, prefix);

/** A session of two snapshots, `a` and its child `b`, that no tab remembers. */
async function saved(
  state: { messages: unknown[] } = { messages: long() },
  messages = state.messages,
): Promise<string> {
  const name = freshName();
  const store = openStore({ name, compaction: false });
  await save(store, 'a', turn(1, { state: { ...state, messages, custom: { before: true } } }));
  await save(store, 'b', turn(2, { parentId: 'a', state }));
  await store.close();
  return name;
}

const opened = (name: string, options = {}): Store => openStore({ ...options, name, compaction: false });

/** What is requested, and what is answered, in order; without the look at a database that was just opened. */
async function events(action: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const note = ({ transaction, store, method }: RequestMade) => {
    if (transaction.mode === 'versionchange' || transaction.objectStoreNames.length === 1) return undefined;
    seen.push(`${store}.${method}`);
    return (request: IDBRequest) =>
      request.addEventListener('success', () => seen.push(`${store}.${method} answered`));
  };
  await observingRequests(note, action);
  return seen;
}

const ofLogs = (seen: string[]) => seen.filter((each) => each === 'logs.getAll' || each === 'logs.get');

describe('the first call', () => {
  test('asks for the database before anything else of the browser, and once', async () => {
    const asked: string[] = [];
    const { open } = IDBFactory.prototype;
    const spy = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (
      this: IDBFactory,
      ...args
    ) {
      asked.push('open');
      return open.apply(this, args);
    });
    const Real = BroadcastChannel;
    vi.stubGlobal(
      'BroadcastChannel',
      class extends Real {
        constructor(name: string) {
          super(name);
          asked.push('channel');
        }
      },
    );
    const store = openStore();
    expect(asked).toEqual([]);
    await store.getSnapshot({ sessionId: 's' });
    expect(asked).toEqual(['open', 'channel']);
    spy.mockRestore();
  });

  test('of a session asks for its rows of logs together with the row of its latest snapshot', async () => {
    const store = opened(await saved());
    const seen = await events(() => store.getSnapshot({ sessionId: 's' }));
    expect(ofLogs(seen)).toEqual(['logs.getAll']);
    // One trip for the session's row and the look for encryption, and one for the rest.
    const requests = seen.filter((each) => !each.endsWith('answered'));
    expect(requests).toHaveLength(5);
    expect(requests.slice(-2)).toEqual(['snapshots.get', 'logs.getAll']);
    const [row, log] = [seen.lastIndexOf('snapshots.get'), seen.indexOf('logs.getAll')];
    expect(log).toBe(row + 1);
  });
});

describe('what a session says that its latest leaf reaches', () => {
  const reaches = async (name: string) =>
    withRaw(name, (transaction) => {
      const rows = transaction.objectStore('sessions').get('s');
      return new Promise<unknown>((resolve) => (rows.onsuccess = () => resolve(rows.result.latest.reach)));
    });

  test.each<[string, (reach: number[]) => unknown]>([
    ['is missing, as in earlier rows', () => undefined],
    ['is another log', ([, from, count]) => [12345, from, count]],
    ['is too little', ([log, , count]) => [log, 3, count! - 5]],
    ['is too much', ([log, from]) => [log, from, 1e15]],
    ['is nothing', () => []],
    ['is no list', () => 'log'],
    ['is cut', ([log, from]) => [log, from]],
    ['is no numbers', () => [null, {}, 'x']],
  ])('%s: it reads the same', async (_, spoil) => {
    const name = await saved();
    const reach = (await reaches(name)) as number[];
    expect(reach).toHaveLength(3);
    await overwriteRow(name, 'sessions', 's', (row) => ({
      ...row,
      latest: { ...row.latest, reach: spoil(reach) },
    }));
    expect((await opened(name).getSnapshot({ sessionId: 's' }))!.state!.messages).toEqual(long());
  });

  test('follows the latest leaf, and is no news for check()', async () => {
    const name = await saved();
    const store = opened(name);
    await save(store, 'c', turn(3, { parentId: 'b', state: { messages: [...long(), said('more')] } }));
    expect(await reaches(name)).toEqual([expect.any(Number), 0, LONG + 1]);
    await store.deleteSnapshot('c');
    expect(await reaches(name)).toEqual([expect.any(Number), 0, LONG]);
    expect((await store.check()).problems).toEqual([]);
    await overwriteRow(name, 'sessions', 's', (row) => ({
      ...row,
      latest: { ...row.latest, reach: undefined },
    }));
    expect((await store.check()).problems).toEqual([]);
  });

  test('is not kept if it is in many runs', async () => {
    const name = freshName();
    const store = opened(name);
    const messages = conversation(40);
    await save(store, 'a', turn(1, { state: { messages } }));
    await save(
      store,
      'b',
      turn(2, { parentId: 'a', state: { messages: messages.filter((__, index) => index % 2) } }),
    );
    expect(await reaches(name)).toBeUndefined();
    await store.close();
    expect((await opened(name).getSnapshot({ sessionId: 's' }))!.state!.messages).toHaveLength(20);
  });
});

describe('a large state that is read for the first time', () => {
  /** Changes everything that can be changed. */
  function spoil(part: any): void {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, child] of Object.entries(part)) {
      spoil(child);
      if (typeof child !== 'object') part[key] = 'changed';
    }
    if (Array.isArray(part)) part.length = Math.floor(part.length / 2);
    else part.added = true;
  }

  test('is given away in the objects that were read: there is no second copy', async () => {
    const store = opened(await saved());
    const read: any[] = [];
    const given = await observingRequests(
      ({ store: from, method }) =>
        from === 'logs' &&
        method === 'getAll' &&
        ((request: IDBRequest) =>
          request.addEventListener('success', () => {
            for (const { entries } of request.result) read.push(...entries);
          })),
      () => store.getSnapshot({ sessionId: 's' }),
    );
    expect(read).toHaveLength(LONG);
    const messages = given!.state!.messages as unknown[];
    expect(messages.every((each, index) => each === read[index])).toBe(true);
  });

  const lists = long();
  const ring: any = { text: 'x'.repeat(700), around: [] };
  const ringed = long().map((each) => Object.assign(each, { ring: structuredClone(ring) })) as any[];
  ringed[3].next = ringed[4];
  const states: Record<string, () => { messages: unknown[] }> = {
    'a chat': () => ({ messages: lists, custom: { a: [1, { b: 2 }] } }),
    'a message that is repeated': () => ({ messages: [lists[5], ...lists] }),
    'messages that are shared by two properties': () => ({ messages: lists, artifacts: lists }),
    'messages that contain each other': () => ({ messages: ringed }),
    'one large value': () => ({ messages: [], custom: { list: long(), map: new Map([['a', [1]]]) } }),
    media: () => ({
      messages: long().map((each, index) =>
        index === 5 ? { ...each, bytes: new Uint8Array(9000).fill(index) } : each,
      ),
    }),
    'values of many kinds': () => ({
      messages: long().map((each, index) => ({
        ...each,
        date: new Date(index),
        set: new Set([index]),
        map: new Map([[index, { index }]]),
        bytes: Uint8Array.of(1, 2, 3),
        big: 10n,
        nothing: undefined,
      })),
    }),
  };

  describe.each(Object.entries(states))('%s', (_, make) => {
    for (const [way, lookup] of [
      ['by its session', { sessionId: 's' }],
      ['by its id', { snapshotId: 'b' }],
    ] as const) {
      test.each([
        ['at once', false],
        ['after idle time', true],
      ])(`changed by whoever read it ${way}: nobody sees that, %s`, async (__, waits) => {
        const state = make();
        const name = await saved(state, lists);
        const store = opened(name);
        const first = (await store.getSnapshot(lookup))!;
        expect(first.state).toEqual(state);
        const places = [first.state!.messages, first.state!.artifacts ?? []].flat();
        expect(new Set(places).size).toBe(places.length);
        spoil(first);
        if (waits) await idleTime();
        for (let again = 0; again < 3; again++) {
          const other = (await store.getSnapshot(lookup))!;
          expect(other.snapshotId).toBe('b');
          expect(other.state).toEqual(state);
          spoil(other);
        }
        const heard = vi.fn();
        store.onSnapshotStateChange('b', heard);
        await expect.poll(() => heard.mock.calls.length).toBe(1);
        expect(heard.mock.calls[0]![0].state).toEqual(state);
      });
    }

    test('changed, and saved as the next turn: only what was changed is new', async () => {
      const state = make();
      const name = await saved(state);
      const store = opened(name);
      const { state: given } = (await store.getSnapshot({ sessionId: 's' })) as any;
      const list = given.messages as any[];
      if (list[0]) list[0].edited = true;
      list.push(message('next'));
      const expected = structuredClone(given);
      await save(store, 'c', turn(3, { parentId: 'b', state: given }));
      spoil(given);
      const other = opened(name);
      for (const reader of [store, other]) {
        expect((await reader.getSnapshot({ snapshotId: 'b' }))!.state).toEqual(state);
        expect((await reader.getSnapshot({ snapshotId: 'c' }))!.state).toEqual(expected);
      }
      expect((await store.check()).problems).toEqual([]);
    });
  });

  test('is remembered in idle time, so that the next turn reads nothing of it', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: long() });
    const store = chat.open();
    const { messages } = (await store.getSnapshot({ sessionId: 's' }))!.state as any;
    expect(ofLogs(await events(idleTime))).toEqual(['logs.getAll']);
    const save = () => chat.save('b', 'a', { messages: [...messages, said('next')] }, { via: store });
    expect(ofLogs(await events(save))).toEqual([]);
    await chat.expectWhole();
  });

  test('is remembered by the second read', async () => {
    const store = opened(await saved());
    const read = () => store.getSnapshot({ sessionId: 's' });
    expect(ofLogs(await events(read))).toHaveLength(1);
    expect(ofLogs(await events(read))).toHaveLength(1);
    expect(ofLogs(await events(read))).toHaveLength(0);
  });

  test.each([0, 70])('of %i messages, later reads take one trip to the database', async (length) => {
    const chat = new Chat();
    const messages = conversation(length);
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: [...messages, said('b')] });
    const store = chat.open();
    const read = () => store.getSnapshot({ sessionId: 's' });
    const trip = async () => {
      const seen = (await events(read)).filter((each) => !each.startsWith('meta'));
      const answered = seen.findIndex((each) => each.endsWith('answered'));
      return {
        asked: seen.slice(0, answered),
        later: seen.slice(answered).filter((each) => !each.endsWith('answered')),
      };
    };
    for (let n = 0; n < 3; n++) await read();
    const once = { asked: ['sessions.get', 'snapshots.get'], later: [] };
    expect(await trip()).toEqual(once);
    // Another branch was looked at meanwhile: its row is not the latest leaf's.
    await store.getSnapshot({ snapshotId: 'a' });
    const { asked, later } = await trip();
    expect([asked, later]).toEqual([once.asked, ['snapshots.get']]);
    expect(await trip()).toEqual(once);
    // Another tab goes on: the row of the new leaf follows.
    await chat.save('c', 'b', { messages: [...messages, said('b'), said('c')] });
    expect((await read())!.snapshotId).toBe('c');
    expect(await trip()).toEqual(once);
    await chat.save('c', 'b', { messages: [...messages, said('b'), said('changed')] });
    expect((await read())!.state!.messages).toEqual([...messages, said('b'), said('changed')]);
    await chat.store.deleteSnapshot('c');
    expect((await read())!.snapshotId).toBe('b');
  });

  test('of several sessions only the last one is read again in idle time', async () => {
    const name = freshName();
    const writer = opened(name);
    for (const sessionId of ['r', 's', 't']) {
      await save(writer, sessionId, turn(1, { sessionId, state: { messages: long(sessionId) } }));
    }
    const store = opened(name);
    for (const sessionId of ['r', 's', 't']) await store.getSnapshot({ sessionId });
    expect(ofLogs(await events(idleTime))).toHaveLength(1);
    expect(ofLogs(await events(() => store.getSnapshot({ sessionId: 't' })))).toHaveLength(0);
  });

  test('a small one is remembered at once', async () => {
    const store = opened(await saved({ messages: conversation(3) }));
    const read = () => store.getSnapshot({ sessionId: 's' });
    expect(ofLogs(await events(read))).toHaveLength(1);
    expect(idle).toEqual([]);
    expect(ofLogs(await events(read))).toHaveLength(0);
  });

  test.each<[string, boolean, (store: Store, name: string) => Promise<void>]>([
    ['closed', true, (store) => store.close()],
    ['deleted', false, (store) => store.deleteDatabase()],
    [
      'deleted by somebody else',
      false,
      (_, name) =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name);
          request.onsuccess = () => resolve();
          request.onerror = () => reject(request.error);
        }),
    ],
  ])('idle time opens no database that was %s', async (_, isThere, end) => {
    const name = await saved();
    const store = opened(name);
    await store.getSnapshot({ sessionId: 's' });
    const ending = end(store, name);
    await idleTime();
    await ending;
    const open = vi.spyOn(IDBFactory.prototype, 'open');
    await idleTime();
    expect(open).not.toHaveBeenCalled();
    open.mockRestore();
    const names = (await indexedDB.databases()).map((each) => each.name);
    expect(names.includes(name)).toBe(isThere);
  });

  test('frozen, it is remembered at once', async () => {
    const name = freshName();
    const writer = opened(name, { frozen: true });
    await save(writer, 'b', turn(1, { state: { messages: long() } }));
    await writer.close();
    const store = opened(name, { frozen: true });
    const first = (await store.getSnapshot({ sessionId: 's' }))!.state!.messages as any[];
    expect(() => (first[0].content[0].text = 'changed')).toThrow(TypeError);
    expect(idle).toEqual([]);
    const seen = await events(async () => {
      expect((await store.getSnapshot({ sessionId: 's' }))!.state!.messages).toEqual(long());
    });
    expect(ofLogs(seen)).toEqual([]);
  });

  test.each([0, 1, 2])('encrypted, its rows are read once, by read %i as well', async (before) => {
    const encryption = { key: await makeKey() };
    const name = freshName();
    const writer = opened(name, { encryption });
    await save(writer, 'b', turn(1, { state: { messages: long(), custom: { map: new Map([[1, 2]]) } } }));
    await writer.close();
    const store = opened(name, { encryption });
    const read = async () => (await store.getSnapshot({ sessionId: 's' }))!.state as any;
    const spoil = async () => {
      const { messages, custom } = await read();
      messages[0].content[0].text = 'changed';
      custom.map.clear();
    };
    for (let n = 0; n < before; n++) await spoil();
    let state: any;
    const seen = await events(async () => (state = await read()));
    expect(state).toEqual({ messages: long(), custom: { map: new Map([[1, 2]]) } });
    expect(ofLogs(seen)).toHaveLength(before < 2 ? 1 : 0);
    // The first one is read again in idle time, unless that was done before.
    expect(idle).toHaveLength(1);
    await idleTime();
    await spoil();
    expect(await read()).toEqual(state);
  });

  test('encrypted, what another tab writes between two looks at the database is not taken for what was there', async () => {
    const encryption = { key: await makeKey() };
    const name = freshName();
    const writer = opened(name, { encryption });
    await save(writer, 'b', turn(1, { state: { messages: long() } }));
    for (let nth = 1; nth <= 6; nth++) {
      const store = opened(name, { encryption });
      const said = message(`${nth}`);
      let seen = 0;
      // Right after the nth transaction of the reader has begun.
      let writing: Promise<unknown> | undefined;
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (...args) {
        if (args[1] === 'readonly' && !writing && ++seen === nth)
          writing = save(writer, 'b', turn(1, { state: { messages: [...long(), said] } }));
        return transaction.apply(this, args);
      };
      const { messages } = (await store.getSnapshot({ sessionId: 's' }))!.state as any;
      IDBDatabase.prototype.transaction = transaction;
      await writing;
      expect(messages.slice(0, LONG)).toEqual(long());
      expect(((await store.getSnapshot({ sessionId: 's' }))!.state!.messages as any[]).slice(LONG)).toEqual(
        writing ? [said] : messages.slice(LONG),
      );
      await store.close();
    }
  });
});

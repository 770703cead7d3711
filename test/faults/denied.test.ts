import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connection } from '../../src/database/connection.js';
import type { HealthEvent, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const denied = () => {
  throw new DOMException('denied', 'SecurityError');
};

/** Looking at it throws, or finds this. */
function stubGlobal(name: string, get: () => unknown): void {
  vi.stubGlobal(name, undefined);
  Object.defineProperty(globalThis, name, { get, configurable: true });
}

/** Opening and deleting databases fails with an error of this name, at once. */
function refuseToOpen(name: string): void {
  const open = indexedDB.open.bind(indexedDB);
  const refuse = () => {
    const request = open(`unused-${name}`);
    request.onsuccess = () => request.result.close();
    const error = new DOMException('refused', name);
    Object.defineProperty(request, 'error', { get: () => error, set: () => {} });
    request.addEventListener = (type: string, listener: any) => {
      if (type === 'error') queueMicrotask(listener);
    };
    return request;
  };
  vi.stubGlobal('indexedDB', { open: refuse, deleteDatabase: refuse });
}

function openTold(options: IndexedDBSessionStoreOptions = {}) {
  const told: HealthEvent[] = [];
  const store = openStore({ name: freshName(), ...options, onHealth: (event) => told.push(event) });
  return { store, typesTold: () => told.map(({ type }) => type) };
}

const refusals: [how: string, refuse: () => void][] = [
  ['it is null', () => stubGlobal('indexedDB', () => null)],
  ['looking at it throws', () => stubGlobal('indexedDB', denied)],
  ['it is of another kind', () => vi.stubGlobal('indexedDB', {})],
  ['opening throws', () => vi.stubGlobal('indexedDB', { open: denied })],
  ...[
    'UnknownError',
    'SecurityError',
    'InvalidStateError',
    'NotAllowedError',
    'NoModificationAllowedError',
    'NotFoundError',
    'DataError',
    'OperationError',
    'constructor',
    'TypeError',
    '',
  ].map((name): [string, () => void] => [`opening fails with "${name}"`, () => refuseToOpen(name)]),
];

/** What is tried again is tried at once; limits of time stay. */
function skipPauses(): void {
  const wait = setTimeout;
  const skipping = (done: () => void, ms = 0) => wait(done, ms < 1000 ? 0 : ms);
  vi.stubGlobal('setTimeout', skipping);
}

describe.each(refusals)('Where there is no storage because %s', (_, refuse) => {
  beforeEach(skipPauses);

  test('calls fail with UNAVAILABLE and say what to do', async () => {
    refuse();
    const { store, typesTold } = openTold();
    const stop = store.onSessionsChange(() => {});
    for (const call of [
      () => save(store, 'a', turn(1)),
      () => store.getSnapshot({ snapshotId: 'a' }),
      () => store.listSessions(),
      () => store.check(),
      () => store.storage(),
      () => store.clear(),
      () => store.deleteDatabase(),
    ]) {
      const error = await expectRefusal(call, 'UNAVAILABLE');
      expect(error.message).toContain("fallback: 'memory'");
    }
    expect(await store.persist()).toBe(false);
    stop();
    await store.close();
    expect(typesTold()).toEqual([]);
  });

  test("fallback: 'memory' acts, and says so", async () => {
    refuse();
    const { store, typesTold } = openTold({ fallback: 'memory' });
    await save(store, 'a', turn(1));
    expect(await store.getSnapshot({ sessionId: 's' })).toMatchObject({ snapshotId: 'a' });
    expect((await store.storage()).snapshots).toBe(1);
    expect(await store.persist()).toBe(false);
    expect(typesTold()).toEqual(['memory-only']);
  });

  test('with both ways out, it ends in memory', async () => {
    refuse();
    const { store, typesTold } = openTold({ fallback: 'memory', onUnavailable: 'failover' });
    await save(store, 'a', turn(1));
    expect(await store.getSnapshot({ snapshotId: 'a' })).toMatchObject({ snapshotId: 'a' });
    expect(typesTold().at(-1)).toBe('memory-only');
  });
});

describe('What was saved before does not seem to be gone', () => {
  test.each(['UnknownError', 'SecurityError', 'NoModificationAllowedError'])(
    'when the database was open in this page, and opening it again fails with %s',
    async (name) => {
      const told: HealthEvent[] = [];
      const connection = new Connection(
        freshName(),
        {
          durability: 'relaxed',
          fallback: 'memory',
          onUnavailable: undefined,
          tell: (event) => told.push(event),
        },
        () => {},
      );
      const read = () => connection.read((transaction) => transaction.objectStore('snapshots').count());
      expect(await read()).toBe(0);
      await connection.close();
      refuseToOpen(name);
      const error = await expectRefusal(read, 'UNAVAILABLE');
      expect(error.cause).toMatchObject({ name });
      // WebKit opens nothing any more in a page whose network process has died.
      expect(error.message).toContain('reload the page');
      vi.unstubAllGlobals();
      expect(await read()).toBe(0);
      await connection.close();
      expect(told).toEqual([]);
    },
  );

  test('when an earlier page has noted that there was something', async () => {
    const notes = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => notes.get(key) ?? null,
      setItem: (key: string, value: string) => void notes.set(key, value),
      removeItem: (key: string) => void notes.delete(key),
    });
    const name = freshName();
    const before = openTold({ name, fallback: 'memory' });
    await save(before.store, 'a', turn(1));
    await before.store.close();
    const after = openTold({ name, fallback: 'memory' });
    refuseToOpen('UnknownError');
    await expectRefusal(() => after.store.getSnapshot({ snapshotId: 'a' }), 'UNAVAILABLE');
    vi.unstubAllGlobals();
    expect(await after.store.getSnapshot({ snapshotId: 'a' })).toMatchObject({ snapshotId: 'a' });
    expect(after.typesTold()).toEqual([]);
  });
});

describe('Where other things of the browser are refused, the store works all the same', () => {
  test.each<[what: string, refuse: () => void]>([
    [
      'channels',
      () =>
        vi.stubGlobal('BroadcastChannel', function refused() {
          denied();
        }),
    ],
    ['looking at channels', () => stubGlobal('BroadcastChannel', denied)],
    ['channels, which are null', () => stubGlobal('BroadcastChannel', () => null)],
    [
      'posting to channels',
      () => vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(denied),
    ],
    ['looking at navigator', () => stubGlobal('navigator', denied)],
    ['navigator, which is null', () => stubGlobal('navigator', () => null)],
    [
      'locks',
      () =>
        stubGlobal('navigator', () => ({
          get locks() {
            return denied();
          },
        })),
    ],
    [
      'asking for a lock, at once',
      () => stubGlobal('navigator', () => ({ locks: { request: denied, query: denied } })),
    ],
    [
      'asking for a lock',
      () => {
        const refuse = async () => denied();
        stubGlobal('navigator', () => ({
          locks: { request: refuse, query: refuse },
          storage: { persist: refuse, persisted: refuse, estimate: denied },
        }));
      },
    ],
    ['localStorage', () => stubGlobal('localStorage', denied)],
    ['localStorage, which is null', () => stubGlobal('localStorage', () => null)],
    ['a document', () => stubGlobal('document', () => null)],
    ['idle time', () => stubGlobal('requestIdleCallback', () => null)],
    ['reporting errors', () => stubGlobal('reportError', denied)],
  ])('%s', async (_, refuse) => {
    refuse();
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const name = freshName();
    const { store } = openTold({ name });
    const seen: unknown[] = [];
    store.onSnapshotStateChange('a', ({ state }) => {
      seen.push(state?.custom);
      throw new Error('a watcher that fails');
    });
    await save(store, 'a', { ...turn(1), status: 'pending', state: { messages: [], custom: 1 } });
    await save(store, 'a', { ...turn(1), state: { messages: [], custom: 2 } });
    expect(seen.at(-1)).toBe(2);
    expect(await store.getSnapshot({ snapshotId: 'a' })).toMatchObject({ state: { custom: 2 } });
    expect((await store.storage()).snapshots).toBe(1);
    expect(await store.persist()).toBe(false);
    // A policy is applied soon after its store's first save, and not again for a while.
    const kept = openTold({ name, retention: { maxSessions: 1 } });
    await save(kept.store, 'b', turn(2, { sessionId: 'other' }));
    await expect.poll(kept.typesTold).toEqual(['freed']);
    await kept.store.close();
    await store.compact();
    expect((await store.check()).problems).toEqual([]);
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const encrypted = openStore({ name: freshName(), encryption: { key } });
    await save(encrypted, 'a', turn(1));
    expect(await encrypted.getSnapshot({ snapshotId: 'a' })).toMatchObject({ snapshotId: 'a' });
    await encrypted.close();
    await store.close();
  });
});

test('A server, which knows of no databases, is not told of a memory that all its users would share', async () => {
  const known = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!;
  Reflect.deleteProperty(globalThis, 'indexedDB');
  try {
    const error = await expectRefusal(() => save(openTold().store, 'a', turn(1)), 'UNAVAILABLE');
    expect(error.message).toContain('page or a worker');
    expect(error.message).not.toContain('memory');
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', known);
  }
});

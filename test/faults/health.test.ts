import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HealthEvent, IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { deleteRaw, dumpDatabase, settled, withRaw } from '../database/raw-database.js';

/** Opens a store, and notes what its application is told. */
function openTold(name: string, options: IndexedDBSessionStoreOptions = {}) {
  const told: HealthEvent[] = [];
  const store = openStore({ ...options, name, onHealth: (event) => told.push(event) });
  return { store, told };
}

const count = (store: IndexedDBSessionStore, snapshotId: string) =>
  store.getSnapshot({ snapshotId }).then((snapshot) => snapshot?.createdAt);

/** What has been told once the store has had the time to look. */
async function toldAfterLooking({ store, told }: ReturnType<typeof openTold>): Promise<HealthEvent[]> {
  await store.listSessions();
  await new Promise((resolve) => setTimeout(resolve, 50));
  return told;
}

/** Takes the database back by one write. */
async function takeBack(name: string): Promise<void> {
  const clock = new Map((await dumpDatabase(name))!['meta']).get('clock') as number;
  await withRaw(name, (transaction) => transaction.objectStore('meta').put(clock - 1, 'clock'));
}

/** The name of a database that was used and taken back. */
async function rolledBack(): Promise<string> {
  const name = freshName();
  const before = openTold(name);
  await save(before.store, 'a', turn(1));
  await toldAfterLooking(before);
  await before.store.close();
  await takeBack(name);
  return name;
}

function fakeLocalStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as Storage;
}

beforeEach(() => vi.stubGlobal('localStorage', fakeLocalStorage()));
afterEach(() => vi.unstubAllGlobals());

describe('A database that the browser deleted', () => {
  test('while nobody used it is told as wiped, once', async () => {
    const name = freshName();
    const before = openTold(name);
    await save(before.store, 'a', turn(1));
    expect(await toldAfterLooking(before)).toEqual([]);
    await before.store.close();
    await deleteRaw(name);

    const after = openTold(name);
    expect(await toldAfterLooking(after)).toEqual([{ type: 'wiped', database: name }]);
    await after.store.close();
    const later = openTold(name);
    expect(await toldAfterLooking(later)).toEqual([]);
  });

  test('is told as wiped where all that was done with it was one save', async () => {
    const name = freshName();
    const { store } = openTold(name);
    await save(store, 'a', turn(1));
    await store.close();
    await deleteRaw(name);
    expect(await toldAfterLooking(openTold(name))).toEqual([{ type: 'wiped', database: name }]);
  });

  test('is told as wiped where all that was done with it was one read', async () => {
    const name = freshName();
    const { store } = openTold(name);
    await store.listSessions();
    await store.close();
    await deleteRaw(name);
    expect(await toldAfterLooking(openTold(name))).toEqual([{ type: 'wiped', database: name }]);
  });

  test('under an open store is told as wiped, even where there is no localStorage', async () => {
    vi.unstubAllGlobals();
    const name = freshName();
    const { store, told } = openTold(name);
    await save(store, 'a', turn(1));
    await toldAfterLooking({ store, told });
    await deleteRaw(name);
    expect(await toldAfterLooking({ store, told })).toEqual([{ type: 'wiped', database: name }]);
    expect(await count(store, 'a')).toBeUndefined();
  });

  test('on purpose is not told, in this tab or another', async () => {
    const name = freshName();
    const [one, two] = [openTold(name), openTold(name)];
    await save(one.store, 'a', turn(1));
    expect(await count(two.store, 'a')).toBeDefined();
    let reset = false;
    two.store.onSessionsChange(({ type }) => (reset ||= type === 'reset'));
    await one.store.deleteDatabase();
    await eventually(() => reset, 'the other tab to hear of it');
    expect(await toldAfterLooking(one)).toEqual([]);
    expect(await toldAfterLooking(two)).toEqual([]);
  });
});

describe('A database that the browser took back to an earlier state', () => {
  test('is told as rolled back', async () => {
    const name = await rolledBack();
    const after = openTold(name);
    expect(await toldAfterLooking(after)).toEqual([{ type: 'rolled-back', database: name }]);
  });

  test('is told as rolled back, although what is written first makes up for what is missing', async () => {
    const name = await rolledBack();
    const after = openTold(name);
    await save(after.store, 'b', turn(2));
    expect(await toldAfterLooking(after)).toEqual([{ type: 'rolled-back', database: name }]);
  });

  test('saves that were noted later than others of the same second count too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const name = freshName();
    const { store } = openTold(name);
    await save(store, 'a', turn(1));
    for (let n = 2; n < 5; n++) await save(store, 'a', turn(n));
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await store.close();
    await takeBack(name);
    expect(await toldAfterLooking(openTold(name))).toEqual([{ type: 'rolled-back', database: name }]);
  });
});

describe('A database that cannot be opened', () => {
  /** Makes opening `name` fail as a damaged one does, so often. */
  function breakDatabase(name: string, times = Infinity): { attempts: number } {
    const breakage = { attempts: 0 };
    const open = indexedDB.open.bind(indexedDB);
    vi.spyOn(indexedDB, 'open').mockImplementation((asked, version) => {
      if (asked !== name || breakage.attempts++ >= times) return open(asked, version);
      throw new DOMException('Internal error opening backing store.', 'UnknownError');
    });
    return breakage;
  }
  afterEach(() => vi.restoreAllMocks());

  test('is tried three times before the call fails', async () => {
    const name = freshName();
    const breakage = breakDatabase(name);
    const { store, told } = openTold(name);
    const error = await expectRefusal(() => store.getSnapshot({ snapshotId: 'a' }), 'UNAVAILABLE');
    expect((error.cause as Error).name).toBe('UnknownError');
    expect(breakage.attempts).toBe(3);
    expect(told).toEqual([]);
  });

  test('twice in a row is nothing that a call would notice', async () => {
    const name = freshName();
    breakDatabase(name, 2);
    const { store, told } = openTold(name, { onUnavailable: 'failover' });
    await save(store, 'a', turn(1));
    expect(await count(store, 'a')).toBe(turn(1).createdAt);
    expect(told).toEqual([]);
  });

  test('is left as it is and replaced, if the application wants that', async () => {
    const name = freshName();
    const before = openStore({ name });
    await save(before, 'a', turn(1));
    await before.close();
    const untouched = await dumpDatabase(name);

    breakDatabase(name);
    const [one, two] = [1, 2].map(() => openTold(name, { onUnavailable: 'failover' }));
    await save(one!.store, 'b', turn(2));
    const replacement = `${name}.replacement`;
    expect(one!.told).toEqual([{ type: 'failover', database: name, replacement }]);
    expect(await count(two!.store, 'b')).toBe(turn(2).createdAt);
    expect(await count(two!.store, 'a')).toBeUndefined();
    await Promise.all([one!.store.close(), two!.store.close()]);

    vi.restoreAllMocks();
    expect(await dumpDatabase(name)).toEqual(untouched);
    const later = openTold(name, { onUnavailable: 'failover' });
    expect(await count(later.store, 'a')).toBe(turn(1).createdAt);
    await eventually(() => later.told.length, 'to be told that it can be used again');
    expect(later.told).toEqual([{ type: 'recovered', database: name, replacement }]);
    expect(await count(openStore({ name: replacement }), 'b')).toBe(turn(2).createdAt);
  });

  test('tabs on the database and on its replacement hear nothing of each other', async () => {
    const name = freshName();
    const healthy = openTold(name);
    await healthy.store.listSessions();
    breakDatabase(name);
    const replaced = openTold(name, { onUnavailable: 'failover' });
    const heard: string[] = [];
    healthy.store.onSessionsChange(({ type }) => heard.push(type));
    await save(replaced.store, 'b', turn(2));
    await save(healthy.store, 'c', turn(3));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toEqual(['changed']);
  });
});

describe('Where there is no IndexedDB', () => {
  test.each([
    ['it is missing', () => vi.stubGlobal('indexedDB', undefined)],
    [
      'the browser forbids it',
      () =>
        vi.stubGlobal('indexedDB', {
          open: () => {
            throw new DOMException('denied', 'SecurityError');
          },
        }),
    ],
  ])('because %s, calls fail and say what to do', async (_, take) => {
    take();
    const { store, told } = openTold(freshName());
    const error = await expectRefusal(() => save(store, 'a', turn(1)), 'UNAVAILABLE');
    expect(error.message).toMatch(/Use the store in|fallback: 'memory'/);
    expect(told).toEqual([]);
  });

  test('and memory will do, the application is told once, and everything works while the page lives', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    const name = freshName();
    const { store, told } = openTold(name, { fallback: 'memory' });
    await save(store, 'a', turn(1));
    expect(await count(store, 'a')).toBe(turn(1).createdAt);
    expect(await count(openStore({ name, fallback: 'memory' }), 'a')).toBe(turn(1).createdAt);
    expect(told).toEqual([{ type: 'memory-only', database: name }]);
    expect((await store.check()).problems).toEqual([]);
    await store.deleteDatabase();
    expect(await count(store, 'a')).toBeUndefined();
    expect(told).toHaveLength(1);
  });

  test('where there is one, memory is not used', async () => {
    const name = freshName();
    const { store, told } = openTold(name, { fallback: 'memory' });
    await save(store, 'a', turn(1));
    expect(told).toEqual([]);
    const rows = await withRaw(name, (transaction) => settled(transaction.objectStore('snapshots').count()));
    expect(rows).toBe(1);
  });
});

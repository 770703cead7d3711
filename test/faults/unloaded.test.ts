import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HealthEvent } from '../../src/index.js';
import { load, Part } from '../../src/runtime/load.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName } from '../stores/open-store.js';
import { settled, withRaw } from '../database/raw-database.js';

afterEach(() => {
  vi.doUnmock('../../src/maintenance/retention/scheduler.js');
  vi.doUnmock('../../src/maintenance/compaction/scheduler.js');
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('What cannot be loaded', () => {
  test('fails with UNAVAILABLE, the cause and a way out', async () => {
    const cause = new TypeError('Failed to fetch dynamically imported module');
    const error = await expectRefusal(() => load('check()', () => Promise.reject(cause)), 'UNAVAILABLE');
    expect(error.cause).toBe(cause);
    expect(error.message).toMatch(/check\(\) cannot be loaded.* precache it, or import from offshoot\/all/);
  });

  test('is asked for again when it is needed again, and kept once it is there', async () => {
    let tries = 0;
    const part = new Part(
      'a part',
      async () => {
        if (++tries < 3) throw new TypeError('offline');
        return { tries };
      },
      ({ tries }) => ({ tries }),
    );
    await expectRefusal(() => part.get(), 'UNAVAILABLE');
    await expectRefusal(() => part.get(), 'UNAVAILABLE');
    expect(await part.made()).toBeUndefined();
    expect(await part.get()).toEqual({ tries: 3 });
    expect(await part.get()).toBe(await part.made());
    expect(tries).toBe(3);
  });

  test('is left alone for a while by what nobody waits for', async () => {
    let now = 1_000_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    let tries = 0;
    let failures = 0;
    const make = async () => {
      tries++;
      if (tries < 2) throw new TypeError('offline');
      return 'made';
    };
    const part = new Part(
      'a part',
      make,
      (made) => made,
      () => failures++,
    );
    const ask = () => part.getInBackground();
    for (let save = 0; save < 100; save++) expect(await ask()).toBeUndefined();
    expect([tries, failures]).toEqual([1, 1]);
    now += 60_000;
    expect(await ask()).toBe('made');
    expect([tries, failures]).toEqual([2, 1]);
  });
});

test('a retention policy that cannot be loaded is told once, and saves go on', async () => {
  let now = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.resetModules();
  vi.doMock('../../src/maintenance/retention/scheduler.js', () => {
    throw new TypeError('Failed to fetch dynamically imported module');
  });
  const { IndexedDBSessionStore } = await import('../../src/index.js');
  const told: HealthEvent[] = [];
  const name = freshName();
  const store = new IndexedDBSessionStore<any>({
    name,
    retention: { maxSessions: 1 },
    onHealth: (event) => told.push(event),
  });
  await save(store, 'a', turn(1));
  await save(store, 'b', turn(2, { sessionId: 'other' }));
  await expect.poll(() => told).toEqual([{ type: 'unloaded', database: name, part: 'retention' }]);
  expect((await store.listSessions()).sessions).toHaveLength(2);

  now += 60_000;
  await save(store, 'c', turn(3, { sessionId: 'other' }));
  await store.close();
  expect(told).toHaveLength(1);
});

/** A store whose module cannot be had while `isGone`. */
async function openWithout(module: string, isGone: () => boolean, options: object) {
  vi.resetModules();
  vi.doMock(module, (importOriginal) => {
    if (isGone()) throw new TypeError('Failed to fetch dynamically imported module');
    return importOriginal();
  });
  const { IndexedDBSessionStore } = await import('../../src/index.js');
  return new IndexedDBSessionStore<any>(options);
}

describe('What could not be loaded, and can be a minute later, does its work then:', () => {
  let now = 1_000_000;
  let isGone = true;
  beforeEach(() => {
    isGone = true;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });

  test('a retention policy', async () => {
    const told: string[] = [];
    const store = await openWithout('../../src/maintenance/retention/scheduler.js', () => isGone, {
      name: freshName(),
      retention: { maxSessions: 1 },
      onHealth: ({ type }: HealthEvent) => told.push(type),
    });
    await save(store, 'a', turn(1));
    await save(store, 'b', turn(2, { sessionId: 'other' }));
    await expect.poll(() => told).toEqual(['unloaded']);
    isGone = false;
    now += 60_000;
    await save(store, 'c', turn(3, { sessionId: 'other' }));
    await expect.poll(() => told).toEqual(['unloaded', 'freed']);
    expect((await store.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['other']);
    await store.close();
  });

  test('compaction, by itself and asked for', async () => {
    const told: string[] = [];
    const name = freshName();
    const store = await openWithout('../../src/maintenance/compaction/scheduler.js', () => isGone, {
      name,
      onHealth: ({ type }: HealthEvent) => told.push(type),
    });
    const messages: object[] = [];
    let parentId: string | undefined;
    const converse = async () => {
      for (let n = 0; n < 12; n++) {
        messages.push(message(`${n} `.repeat(8000)));
        const snapshot = turn(messages.length, {
          state: { messages: [...messages] },
          ...(parentId && { parentId }),
        });
        parentId = (await save(store, `${messages.length}`, snapshot))!;
      }
    };
    const rows = () => withRaw(name, (transaction) => settled(transaction.objectStore('logs').count()));
    await converse();
    await expect.poll(() => told).toEqual(['unloaded']);
    await expectRefusal(() => store.compact(), 'UNAVAILABLE');
    expect(await rows()).toBeGreaterThanOrEqual(12);
    isGone = false;
    now += 60_000;
    await converse();
    await expect.poll(() => rows()).toBeLessThan(18);
    await store.compact();
    expect((await store.getSnapshot({ snapshotId: parentId! }))?.state?.messages).toEqual(messages);
    expect(told).toEqual(['unloaded']);
    await store.close();
  });
});

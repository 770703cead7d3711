import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { requestsOf } from '../database/observe-requests.js';
import { freshName, openStore } from '../stores/open-store.js';
import { counter, typesOf, watchEverything } from './watch-everything.js';

type Store = IndexedDBSessionStore<any>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function openTwo(): Promise<[writer: Store, listener: Store]> {
  const name = freshName();
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  await save(writer, 'a', counter(1));
  return [writer, listener];
}

/** How often a store reads the clock in a minute in which nothing is asked of it. */
async function clockReadsInAMinute(store: Store): Promise<number> {
  const requests = await requestsOf(async () => {
    for (let second = 0; second < 60; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      // Comes after whatever the store has begun by itself.
      await store.getSession('s');
    }
  });
  return requests.filter(({ store }) => store === 'meta').length;
}

describe('without BroadcastChannel', () => {
  beforeEach(() => {
    vi.stubGlobal('BroadcastChannel', undefined);
  });

  test('a watcher is told what another tab does, before long', async () => {
    const [writer, listener] = await openTwo();
    const { counts, session, sessions } = await watchEverything(listener);
    await save(writer, 'a', counter(2));
    await vi.advanceTimersByTimeAsync(1_000);
    await eventually(() => counts.at(-1) === 2, 'the save');
    await eventually(() => session.length === 1, 'the change of the session');
    await eventually(() => typesOf(sessions).includes('reset'), 'word that sessions may have changed');
    await writer.deleteSession('s');
    await vi.advanceTimersByTimeAsync(1_000);
    await eventually(() => session.length === 2, 'the deletion');
    expect(typesOf(session)).toEqual(['changed', 'deleted']);
    expect(counts).toEqual([1, 2]);
  });

  test('its own writes are no reason to think that anything was missed', async () => {
    const [, listener] = await openTwo();
    const { counts, sessions } = await watchEverything(listener);
    for (let n = 2; n < 6; n++) await save(listener, 'a', counter(n));
    await clockReadsInAMinute(listener);
    expect(counts).toEqual([1, 2, 3, 4, 5]);
    expect(typesOf(sessions)).toEqual(['changed', 'changed', 'changed', 'changed']);
  });

  test('the clock is read once a second, and only while somebody watches', async () => {
    const [writer, listener] = await openTwo();
    expect(await clockReadsInAMinute(listener)).toBe(0);
    const { end } = await watchEverything(listener);
    expect(await clockReadsInAMinute(listener)).toBe(60);

    end();
    await save(writer, 'a', counter(2));
    expect(await clockReadsInAMinute(listener)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    await watchEverything(listener);
    expect(await clockReadsInAMinute(listener)).toBe(60);
  });

  test('one who watches again is not told of what happened meanwhile as if it were news', async () => {
    const [writer, listener] = await openTwo();
    (await watchEverything(listener)).end();
    await clockReadsInAMinute(listener);
    await save(writer, 'b', turn(2, { parentId: 'a' }));
    const { sessions } = await watchEverything(listener);
    await clockReadsInAMinute(listener);
    expect(sessions).toEqual([]);
  });

  test('nothing goes on after close', async () => {
    const [, listener] = await openTwo();
    await watchEverything(listener);
    await listener.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('with BroadcastChannel the clock is not read as long as nothing happens', async () => {
  const [, listener] = await openTwo();
  await watchEverything(listener);
  expect(await clockReadsInAMinute(listener)).toBe(0);
});

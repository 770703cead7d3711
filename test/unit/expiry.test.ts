import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { peek, save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';
import { VIEWS } from './views.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  // Later versions of Node have locks. Here there are none, so that the heartbeat alone decides.
  vi.stubGlobal('navigator', undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const DAY = 86_400_000;
const dead = () => turn(2, { parentId: 'root', status: 'pending', heartbeatAt: ago(DAY) });
const alive = () => turn(2, { parentId: 'root', status: 'pending', heartbeatAt: ago(0) });

const WITH_WRITES: typeof VIEWS = {
  ...VIEWS,
  'a watcher that is told of a write': async (store) => {
    const told: { status?: string }[] = [];
    const end = store.onSnapshotStateChange('a', (snapshot) => told.push(snapshot));
    await store.saveSnapshot('a', (current) => ({ ...current!, touched: true }));
    end();
    return told.at(-1);
  },
};

async function storeWith(snapshot: object, options = {}) {
  const name = freshName();
  const store = openStore({ name, ...options });
  await save(store, 'root', turn(1));
  await save(store, 'a', snapshot);
  return { name, store };
}

describe.each(Object.entries(WITH_WRITES))('%s', (_, view) => {
  test('shows a pending snapshot without a sign of life as expired', async () => {
    const { store } = await storeWith(dead());
    expect((await view(store))?.status).toBe('expired');
  });

  test('shows one with a sign of life, and one that never gave any, as pending', async () => {
    const { store } = await storeWith(alive());
    expect((await view(store))?.status).toBe('pending');
    const { store: silent } = await storeWith(turn(2, { parentId: 'root', status: 'pending' }));
    expect((await view(silent))?.status).toBe('pending');
  });

  test('shows a finished one as finished, however old its heartbeat', async () => {
    const { store } = await storeWith({ ...dead(), status: 'completed' });
    expect((await view(store))?.status).toBe('completed');
  });

  test('waits as long as heartbeatTimeoutMs says', async () => {
    const patient = await storeWith(dead(), { heartbeatTimeoutMs: 2 * DAY });
    expect((await view(patient.store))?.status).toBe('pending');
    const impatient = await storeWith(
      turn(2, { parentId: 'root', status: 'pending', heartbeatAt: ago(5_000) }),
      {
        heartbeatTimeoutMs: 1_000,
      },
    );
    expect((await view(impatient.store))?.status).toBe('expired');
  });
});

test('being shown as expired changes nothing but the status, and nothing that is stored', async () => {
  const { name, store } = await storeWith(dead());
  const before = await dumpDatabase(name);
  const shown = await store.getSnapshot({ snapshotId: 'a' });
  expect({ ...shown, status: 'pending' }).toEqual(await peek(store, 'a'));
  for (const view of ['getSnapshot({ snapshotId })', 'getTree', 'getHead', 'a watcher that begins']) {
    expect((await VIEWS[view]!(store))?.status).toBe('expired');
  }
  expect(await dumpDatabase(name)).toEqual(before);
});

test('a mutator sees pending, and what it keeps of it stays pending', async () => {
  const { store } = await storeWith(dead());
  const seen: unknown[] = [];
  await store.saveSnapshot('a', (current) => {
    seen.push(current?.status);
    return { ...current!, touched: true };
  });
  expect(seen).toEqual(['pending']);
  expect((await peek(store, 'a'))?.status).toBe('pending');
  expect((await store.getSnapshot({ snapshotId: 'a' }))?.status).toBe('expired');
});

test('a worker that comes back is believed again, by watchers too', async () => {
  const { store } = await storeWith(dead());
  const told: unknown[] = [];
  store.onSnapshotStateChange('a', ({ status }) => told.push(status));
  await eventually(() => told.length > 0, 'what is stored');
  await store.saveSnapshot('a', (current) => ({ ...current!, heartbeatAt: ago(0) }));
  await store.saveSnapshot('a', (current) => ({ ...current!, status: 'completed' }));
  expect(told).toEqual(['expired', 'pending', 'completed']);
});

test('another tab is told the same', async () => {
  const { name, store } = await storeWith(alive());
  const told: unknown[] = [];
  openStore({ name }).onSnapshotStateChange('a', ({ status }) => told.push(status));
  await eventually(() => told.length > 0, 'what is stored');
  await save(store, 'a', dead());
  await eventually(() => told.length > 1, 'the write');
  expect(told).toEqual(['pending', 'expired']);
});

describe('the limit', () => {
  const NOW = Date.parse('2026-01-01T12:00:00Z');

  test.each([
    [undefined, 60_000],
    [1_000, 1_000],
    [10 * 60_000, 10 * 60_000],
    [0, 0],
  ])('of heartbeatTimeoutMs %s is %s ms, to the millisecond', async (heartbeatTimeoutMs, limitMs) => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    const silent = (ms: number) => turn(2, { parentId: 'root', status: 'pending', heartbeatAt: ago(ms) });
    const { store } = await storeWith(silent(limitMs), { heartbeatTimeoutMs });
    const before = await store.getSnapshot({ snapshotId: 'a' });
    expect(before).toEqual(await peek(store, 'a'));
    expect(before).toMatchObject({ status: 'pending', heartbeatAt: ago(limitMs) });

    vi.setSystemTime(NOW + 1);
    expect(await store.getSnapshot({ snapshotId: 'a' })).toEqual({ ...before, status: 'expired' });
    await save(store, 'a', silent(limitMs));
    expect(await store.getSnapshot({ snapshotId: 'a' })).toMatchObject({ status: 'pending' });
  });

  test('is not reached by a clock that is ahead', async () => {
    const ahead = turn(2, { parentId: 'root', status: 'pending', heartbeatAt: ago(-DAY) });
    const { store } = await storeWith(ahead);
    expect(await store.getSnapshot({ snapshotId: 'a' })).toEqual(await peek(store, 'a'));
  });
});

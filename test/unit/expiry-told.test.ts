import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStoreOptions } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { requestsOf } from '../database/observe-requests.js';
import { eventually } from '../assertions/eventually.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { freshName, openStore } from '../stores/open-store.js';

const MINUTE = 60_000;
const STEP = 20_000;
const now = () => new Date().toISOString();

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  // Without locks the heartbeat alone decides.
  vi.stubGlobal('navigator', undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Long enough, by a clock that goes on, for whatever a timer has begun. */
const later = setTimeout;
const rest = () => new Promise((resolve) => later(resolve, 10));

/** Until it is so, however busy the machine is, without time going by; what never becomes so fails at the assertion. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo() && tries < 500; tries++) await rest();
}

/** Time goes by, in steps that no transaction takes for too long; what it sets off is done then. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= STEP) {
    vi.advanceTimersByTime(Math.min(left, STEP));
    await rest();
  }
}

/** A worker's tab and another one, which watches snapshot `a`. */
async function watched(options: IndexedDBSessionStoreOptions = {}) {
  const name = freshName();
  const [worker, other] = [openStore({ name, ...options }), openStore({ name, ...options })];
  const beat = (more: object = {}) =>
    worker.saveSnapshot('a', () => turn(1, { status: 'pending', heartbeatAt: now(), ...more }));
  await worker.saveSnapshot('root', () => turn(1));
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  await beat();
  const told: (string | undefined)[] = [];
  const end = other.onSnapshotStateChange('a', ({ status }) => told.push(status));
  await until(() => told.length > 0);
  return { worker, other, beat, told, end };
}

describe('a heartbeat that runs out is told without anybody writing', () => {
  test.each([
    [undefined, MINUTE],
    [1_000, 1_000],
    [10 * MINUTE, 10 * MINUTE],
  ])('with heartbeatTimeoutMs %s, after %s ms', async (heartbeatTimeoutMs, limitMs) => {
    const { told } = await watched({ heartbeatTimeoutMs });
    expect(told).toEqual(['pending']);
    for (let waited = 0; waited < limitMs; waited += limitMs / 10) await pass(limitMs / 10);
    expect(told).toEqual(['pending']);
    await pass(2);
    await until(() => told.length > 1);
    expect(told).toEqual(['pending', 'expired']);
    await pass(10 * limitMs);
    expect(told).toEqual(['pending', 'expired']);
  });

  test('to the tab that has saved it, too', async () => {
    const { worker, beat } = await watched();
    const told: unknown[] = [];
    worker.onSnapshotStateChange('b', ({ status }) => told.push(status));
    await worker.saveSnapshot('b', () => turn(1, { status: 'pending', heartbeatAt: now() }));
    await beat();
    expect(told).toEqual(['pending']);
    await pass(MINUTE + 2);
    await until(() => told.length > 1);
    expect(told).toEqual(['pending', 'expired']);
  });

  test('after the last beat, and a worker that comes back is believed again', async () => {
    const { told, beat } = await watched();
    for (let n = 0; n < 3; n++) {
      await pass(MINUTE / 2);
      await beat();
      await rest();
    }
    expect(new Set(told)).toEqual(new Set(['pending']));
    await pass(MINUTE + 2);
    await until(() => told.at(-1) === 'expired');
    expect(told.at(-1)).toBe('expired');
    await beat();
    await eventually(() => told.at(-1) === 'pending', 'the beat');
    await pass(MINUTE + 2);
    await until(() => told.at(-1) === 'expired');
    expect(told.at(-1)).toBe('expired');
  });

  test('to who began to watch when it was late already', async () => {
    const { other } = await watched();
    await pass(MINUTE - 1_000);
    const told: unknown[] = [];
    other.onSnapshotStateChange('a', ({ status }) => told.push(status));
    await until(() => told.length > 0);
    expect(told).toEqual(['pending']);
    await pass(1_002);
    await until(() => told.length > 1);
    expect(told).toEqual(['pending', 'expired']);
  });

  test('only when a tab that lives has been silent for five timeouts', async () => {
    vi.stubGlobal('navigator', { locks: new TestLockManager() });
    const { told, worker } = await watched();
    for (let n = 0; n < 10; n++) await pass(MINUTE / 2);
    expect(told).toEqual(['pending']);
    await pass(MINUTE);
    await until(() => told.length > 1);
    expect(told).toEqual(['pending', 'expired']);
    expect((await worker.getSnapshot({ snapshotId: 'a' }))?.status).toBe('expired');
  });
});

describe('nothing more is told or read', () => {
  /** How many requests are made while minutes go by. */
  async function requestsIn(minutes: number): Promise<number> {
    const made = await requestsOf(async () => {
      for (let n = 0; n < minutes; n++) await pass(MINUTE);
    });
    return made.length;
  }

  test('of a turn that is finished', async () => {
    const { told, beat } = await watched();
    await beat({ status: 'completed' });
    await eventually(() => told.length === 2, 'the end');
    expect(await requestsIn(3)).toBe(0);
    expect(told).toEqual(['pending', 'completed']);
  });

  test('once nobody watches, or the store is closed', async () => {
    const { told, end } = await watched();
    end();
    expect(await requestsIn(3)).toBe(0);
    const { told: others, other } = await watched();
    await other.close();
    expect(await requestsIn(3)).toBe(0);
    expect([told, others]).toEqual([['pending'], ['pending']]);
  });

  test.each<[string, IndexedDBSessionStoreOptions, () => object]>([
    ['has no limit', { heartbeatTimeoutMs: Infinity }, () => ({})],
    ['has a limit beyond what timers can wait for', { heartbeatTimeoutMs: 2 ** 40 }, () => ({})],
    ['comes from a clock that is ahead', {}, () => ({ heartbeatAt: '9999-01-01T00:00:00Z' })],
    [
      'comes from a clock that is ahead, without a limit',
      { heartbeatTimeoutMs: 0 },
      () => ({ heartbeatAt: '9999-01-01T00:00:00Z' }),
    ],
    ['was never there', {}, () => ({ heartbeatAt: undefined })],
  ])('than now and then of a heartbeat that %s', async (_, options, more) => {
    const { told, beat } = await watched(options);
    await beat(more());
    await eventually(() => told.length > 1 || told[0] === 'expired', 'the beat');
    const before = told.length;
    expect(await requestsIn(5)).toBeLessThan(50);
    expect(told.slice(before)).toEqual([]);
    expect(told.at(-1)).toBe('pending');
  });
});

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { peek, save, turn } from '../../src/testing/sample-snapshots.js';
import { requestsOf } from '../database/observe-requests.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { VIEWS } from './views.js';

let locks: TestLockManager;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  locks = new TestLockManager();
  vi.stubGlobal('navigator', { locks });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

type Store = IndexedDBSessionStore<any>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOW = Date.parse('2026-01-01T12:00:00Z');

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const working = (silentMs: number, fields = {}) =>
  turn(2, { parentId: 'root', status: 'pending', heartbeatAt: ago(silentMs), ...fields });
const finished = () => turn(2, { parentId: 'root' });
const shown = (store: Store) => store.getSnapshot({ snapshotId: 'a' });
/** As long as it takes to notice what ought not to happen. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Two stores as two tabs have them: one is at work on the snapshot `a`, the other looks on. */
async function twoTabs(snapshot: object, options: IndexedDBSessionStoreOptions = {}) {
  const name = freshName();
  const [worker, other] = [openStore({ name, ...options }), openStore({ name, ...options })];
  await save(worker, 'root', turn(1));
  await save(worker, 'a', snapshot);
  return { name, worker, other };
}

function statusesTold(store: Store, id = 'a'): (string | undefined)[] {
  const told: (string | undefined)[] = [];
  store.onSnapshotStateChange(id, ({ status }) => told.push(status));
  return told;
}

describe.each(Object.entries(VIEWS))('%s', (_, view) => {
  test('shows a turn as pending while its tab lives, with a heartbeat that Genkit believes', async () => {
    const { other } = await twoTabs(working(2 * MINUTE));
    const seen = await view(other);
    expect(seen?.status).toBe('pending');
    expect(Date.now() - Date.parse(seen!.heartbeatAt!)).toBeLessThan(MINUTE / 2);
  });

  test('shows a turn as expired when its tab is gone, however late the last sign of life', async () => {
    const { worker, other } = await twoTabs(working(0));
    await worker.close();
    expect((await view(other))?.status).toBe('expired');
  });
});

describe('while its tab lives', () => {
  test.each([
    { heartbeatTimeoutMs: undefined, believedMs: 30 * SECOND, lostMs: 5 * MINUTE },
    { heartbeatTimeoutMs: SECOND, believedMs: SECOND / 2, lostMs: 5 * SECOND },
    { heartbeatTimeoutMs: 10 * MINUTE, believedMs: 30 * SECOND, lostMs: 50 * MINUTE },
  ])(
    'a turn with heartbeatTimeoutMs $heartbeatTimeoutMs is shown as stored for $believedMs ms, with a heartbeat of now until $lostMs ms, and then expired',
    async ({ heartbeatTimeoutMs, believedMs, lostMs }) => {
      vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
      const { worker, other } = await twoTabs(working(0), { heartbeatTimeoutMs });
      for (const store of [worker, other]) {
        const stored = await peek(store, 'a');
        vi.setSystemTime(NOW + believedMs);
        expect(await shown(store)).toEqual(stored);
        for (const silentMs of [believedMs + 1, lostMs]) {
          vi.setSystemTime(NOW + silentMs);
          expect(await shown(store)).toEqual({ ...stored, heartbeatAt: ago(0) });
        }
        vi.setSystemTime(NOW + lostMs + 1);
        expect(await shown(store)).toEqual({ ...stored, status: 'expired' });
        expect(await peek(store, 'a')).toEqual(stored);
      }
    },
  );

  test('a turn that never gave a sign of life is shown as it is stored', async () => {
    const { other } = await twoTabs(turn(2, { status: 'pending' }));
    expect(await shown(other)).toEqual(await peek(other, 'a'));
  });
});

test('a turn that ends between the question and its answer is shown as ended, not as expired', async () => {
  const { worker, other } = await twoTabs(working(0));
  const told = statusesTold(other);
  await eventually(() => told.length > 0, 'what is stored');
  locks.beforeAnswer = async () => {
    await save(worker, 'a', finished());
    await worker.close();
  };
  expect((await shown(other))?.status).toBe('completed');
  await aWhile();
  expect(told).toEqual(['pending', 'completed']);
});

test('the last to save a turn as pending answers for it', async () => {
  const { name, worker, other } = await twoTabs(working(0));
  const successor = openStore({ name });
  await successor.saveSnapshot('a', (current) => ({ ...current!, touched: true }));
  const told = statusesTold(other);
  await worker.close();
  expect((await shown(other))?.status).toBe('pending');
  await successor.close();
  expect((await shown(other))?.status).toBe('expired');
  await eventually(() => told.includes('expired'), 'the end');
  expect(told).toEqual(['pending', 'expired']);
});

test('a turn that others abort does not expire when its tab goes', async () => {
  const { worker, other } = await twoTabs(working(0));
  const told = statusesTold(other);
  await eventually(() => told.length > 0, 'what is stored');
  await other.saveSnapshot('a', (current) => ({ ...current!, status: 'aborted' }));
  await worker.close();
  await aWhile();
  expect((await shown(other))?.status).toBe('aborted');
  expect(told).toEqual(['pending', 'aborted']);
});

describe('watchers', () => {
  test('are told once each that a tab is gone, of all turns that it was at', async () => {
    const { worker, other } = await twoTabs(working(0));
    await save(worker, 'b', working(2 * MINUTE));
    await save(worker, 'c', finished());
    const told = ['a', 'a', 'b', 'c'].map((id) => statusesTold(other, id));
    await eventually(() => told.every(({ length }) => length === 1), 'what is stored');
    await worker.close();
    await aWhile();
    const expired = ['pending', 'expired'];
    expect(told).toEqual([expired, expired, expired, ['completed']]);
  });

  test('are not told again of one that is gone when another goes', async () => {
    const { name, worker, other } = await twoTabs(working(0));
    const second = openStore({ name });
    await save(second, 'b', working(0));
    const told = ['a', 'b'].map((id) => statusesTold(other, id));
    await eventually(() => told.every(({ length }) => length === 1), 'what is stored');
    for (const store of [worker, second]) {
      await store.close();
      await aWhile();
    }
    const expired = ['pending', 'expired'];
    expect(told).toEqual([expired, expired]);
  });

  test('are told nothing after they have ended, nor when their own store is closed', async () => {
    const { name, worker, other } = await twoTabs(working(0));
    const ended: unknown[] = [];
    const end = other.onSnapshotStateChange('a', ({ status }) => ended.push(status));
    const closing = openStore({ name });
    const closed = statusesTold(closing);
    await eventually(() => ended.length + closed.length === 2, 'what is stored');
    end();
    await closing.close();
    await worker.close();
    await aWhile();
    expect([ended, closed]).toEqual([['pending'], ['pending']]);
    expect(await locks.query()).toEqual({ held: [], pending: [] });
  });

  test('of a turn whose tab is gone are not told again, and nobody keeps asking', async () => {
    const { worker, other } = await twoTabs(working(0));
    await worker.close();
    const told = statusesTold(other);
    await eventually(() => told.length > 0, 'what is stored');
    await aWhile();
    const { requests, queries } = locks;
    await aWhile();
    expect(told).toEqual(['expired']);
    expect({ requests: locks.requests, queries: locks.queries }).toEqual({ requests, queries });
  });
});

describe('the lock manager', () => {
  test('is asked once for a read, whatever there is to show, and not about what is known', async () => {
    const { name, worker, other } = await twoTabs(finished());
    const third = openStore({ name });
    for (const view of Object.values(VIEWS)) await view(other);
    expect(locks.queries).toBe(0);

    await save(worker, 'b', working(0));
    await save(third, 'c', working(0));
    await shown(other);
    await worker.getSnapshot({ snapshotId: 'b' });
    expect(locks.queries).toBe(0);
    await other.getTree('s');
    expect(locks.queries).toBe(1);
  });

  test('that refuses to give locks keeps nobody from saving, and the heartbeat decides', async () => {
    locks.refuses.requests = true;
    const { worker, other } = await twoTabs(working(2 * MINUTE));
    for (const store of [worker, other]) expect((await shown(store))?.status).toBe('expired');
    await save(worker, 'a', working(0));
    await worker.close();
    expect((await shown(other))?.status).toBe('pending');
  });

  test('that refuses to answer leaves it to the heartbeat', async () => {
    locks.refuses.queries = true;
    const { worker, other } = await twoTabs(working(2 * MINUTE));
    expect((await shown(other))?.status).toBe('expired');
    await save(worker, 'a', working(0));
    await worker.close();
    expect((await shown(other))?.status).toBe('pending');
  });
});

test('a watched turn of a tab that lives is read once for each save, and the lock manager asked once in all', async () => {
  const { name, worker, other } = await twoTabs(working(0));
  const heard: unknown[] = [];
  other.onSnapshotStateChange('a', ({ status }) => heard.push(status));
  await eventually(() => heard.length === 1, 'what is stored');
  const asked = vi.spyOn(locks, 'query');
  for (let n = 1; n <= 4; n++) {
    const made = await requestsOf(async () => {
      await save(worker, 'a', working(n));
      await eventually(() => heard.length === n + 1, 'the save');
    });
    const reads = made.filter(({ transaction }) => transaction.mode === 'readonly');
    expect(new Set(reads.map(({ transaction }) => transaction)).size).toBe(1);
  }
  expect(asked).not.toHaveBeenCalled();
  expect(new Set(heard)).toEqual(new Set(['pending']));
  // Its end is still noticed.
  await worker.close();
  await eventually(() => heard.at(-1) === 'expired', 'the end');
  expect((await openStore({ name }).getSnapshot({ snapshotId: 'a' }))?.status).toBe('expired');
});

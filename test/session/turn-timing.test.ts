import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Message } from '../../src/index.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';

const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const model = (text: string): Message => ({ role: 'model', content: [{ text }] });

// The database runs on real immediates.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** Lets time pass in small steps, and what it began come to an end. */
async function pass(ms: number): Promise<void> {
  const steps = 20;
  for (let step = 0; step < steps; step++) {
    await vi.advanceTimersByTimeAsync(ms / steps);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('an answer is saved at most every saveEveryMs, and its last version soon', async () => {
  const store = openStore();
  const turn = await store.session('s').startTurn({ messages: user('q'), saveEveryMs: 1000 });
  const seen = new Set<unknown>();
  store.onSnapshotStateChange(turn.snapshotId, ({ updatedAt }) => seen.add(updatedAt));
  for (let index = 0; index < 50; index++) {
    turn.update(model(`${index}`));
    await pass(100);
  }
  // One as it was, one at once, and one for each of the five seconds.
  expect(seen.size).toBeLessThanOrEqual(7);
  await pass(1100);
  expect((await store.session('s').messages()).at(-1)).toEqual(model('49'));
  await turn.abort();
});

test.each([3_600_000, 1e10, Infinity])(
  'it beats while updates come, however rarely they are saved: %d ms',
  async (saveEveryMs) => {
    const store = openStore();
    const turn = await store.session('s').startTurn({ messages: user('q'), saveEveryMs });
    const stored = async () => (await store.getSnapshot({ snapshotId: turn.snapshotId }))!;
    turn.update(model('first'));
    await pass(100);
    const seen = new Set<unknown>();
    store.onSnapshotStateChange(turn.snapshotId, ({ updatedAt }) => seen.add(updatedAt));
    for (let index = 0; index < 12; index++) {
      turn.update(model(`${index}`));
      await pass(10_000);
    }
    expect((await stored()).status).toBe('pending');
    expect(Date.now() - Date.parse((await stored()).heartbeatAt!)).toBeLessThan(30_000);
    expect((await stored()).state?.messages?.some(({ content }) => content[0]?.text === '11')).toBe(false);
    expect(seen.size).toBeLessThan(10);
    expect(await turn.complete()).toBe('completed');
    expect((await stored()).state?.messages?.at(-1)).toEqual(model('11'));
  },
);

test('a store that takes every silence for death is not saved to without pause', async () => {
  const store = openStore({ heartbeatTimeoutMs: 0 });
  const turn = await store.session('s').startTurn({ messages: user('q') });
  let count = 0;
  store.onSnapshotStateChange(turn.snapshotId, () => count++);
  await pass(10_000);
  expect(count).toBeLessThan(5);
  await turn.abort();
});

test('an answer that is given before the store is closed is stored', async () => {
  const name = freshName();
  const store = openStore({ name });
  const turn = await store.session('s').startTurn({ messages: user('q'), saveEveryMs: 0 });
  turn.update(model('half'));
  await vi.advanceTimersByTimeAsync(1);
  const ended = turn.complete(model('whole'));
  await store.close();
  expect(await ended).toBe('completed');
  expect(turn.signal.aborted).toBe(false);
  expect((await openStore({ name }).session('s').messages()).at(-1)).toEqual(model('whole'));
});

test.each(['at rest', 'while it saves'])(
  'a closed store ends its turns at once, and leaves no timer: %s',
  async (when) => {
    const store = openStore();
    const turn = await store.session('s').startTurn({ messages: user('q'), saveEveryMs: 0 });
    if (when !== 'at rest') {
      turn.update(model('half'));
      await vi.advanceTimersByTimeAsync(1);
    }
    await store.close();
    await eventually(() => turn.signal.aborted, 'the signal');
    turn.update(model('more'));
    expect(vi.getTimerCount()).toBe(0);
  },
);

test.each(['own tab', 'other tab'])(
  'completed by somebody else, in its %s, its signal is aborted',
  async (where) => {
    const name = freshName();
    const store = openStore({ name });
    const other = where === 'own tab' ? store : openStore({ name });
    const turn = await store.session('s').startTurn({ messages: user('q') });
    await other.saveSnapshot(turn.snapshotId, (current) => ({ ...current!, status: 'completed' }));
    for (let tries = 0; tries < 100 && !turn.signal.aborted; tries++) await pass(10);
    expect(turn.signal.aborted).toBe(true);
    expect(await turn.complete(model('late'))).toBe('completed');
    expect(await store.session('s').messages()).toEqual([user('q')]);
  },
);

test('ended in the transaction that saves its answer, its signal is aborted at once', async () => {
  const store = openStore();
  const turn = await store.session('s').startTurn({ messages: user('q'), saveEveryMs: 0 });
  await pass(100);
  turn.update(model('half'));
  vi.advanceTimersByTime(1);
  await store.saveSnapshot(turn.snapshotId, (current) => ({ ...current!, status: 'aborted' }));
  await pass(100);
  expect(turn.signal.aborted).toBe(true);
  expect(await turn.complete()).toBe('aborted');
});

test.each(['clear', 'deleteDatabase', 'deleteSession'] as const)(
  'after %s a turn is over and brings nothing back',
  async (how) => {
    const store = openStore();
    const turn = await store.session('s').startTurn({ messages: user('q'), saveEveryMs: 0 });
    turn.update(model('half'));
    await (how === 'deleteSession' ? store.deleteSession('s') : store[how]());
    expect(turn.signal.aborted).toBe(true);
    turn.update(model('more'));
    await pass(60_000);
    expect(await store.getSession('s')).toBeUndefined();
    expect(await turn.complete(model('whole'))).toBe('deleted');
  },
);

test.each(['with an answer', 'without one'])(
  'aborted by its signal on a full disk, it beats no more, and ends when there is room: %s',
  async (how) => {
    const store = openStore();
    const controller = new AbortController();
    const chat = store.session('s');
    const turn = await chat.startTurn({ messages: user('q'), signal: controller.signal });
    const statuses: unknown[] = [];
    const beats = new Set<unknown>();
    store.onSnapshotStateChange(turn.snapshotId, ({ status, heartbeatAt }) => {
      statuses.push(status);
      beats.add(heartbeatAt);
    });
    await pass(100);
    if (how === 'with an answer') turn.update(model('half'));
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    controller.abort();
    expect(turn.signal.aborted).toBe(true);
    await pass(60_000);
    expect(beats.size).toBe(1);
    // Each try may ask the user for room.
    expect(full.mock.calls.length).toBeLessThan(150);
    full.mockRestore();
    // The first full disk loads a part of the library, which takes as long as it takes.
    for (let tries = 0; statuses.at(-1) !== 'aborted' && tries < 100; tries++) await pass(3000);
    expect(statuses.at(-1)).toBe('aborted');
    expect(beats.size).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
    expect(await turn.complete(model('whole'))).toBe('aborted');
    expect(await chat.messages()).toEqual(
      how === 'with an answer' ? [user('q'), model('half')] : [user('q')],
    );
  },
);

test('what its signal has aborted is not completed by who was told late', async () => {
  const store = openStore();
  const controller = new AbortController();
  const chat = store.session('s');
  const turn = await chat.startTurn({ messages: user('q'), signal: controller.signal });
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  controller.abort();
  await pass(1_000);
  full.mockRestore();
  expect(await turn.complete(model('half'))).toBe('aborted');
  expect((await store.getSnapshotInfo(turn.snapshotId))?.status).toBe('aborted');
  expect(await chat.messages()).toEqual([user('q'), model('half')]);
});

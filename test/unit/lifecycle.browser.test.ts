import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { deleteRaw, dumpDatabase } from '../database/raw-database.js';
import { ask, type CommitGaps } from '../tabs/page/host.js';
import { counter, watchEverything } from './watch-everything.js';

type Store = IndexedDBSessionStore<any>;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const page = (type: 'pagehide' | 'pageshow', persisted: boolean) =>
  void window.dispatchEvent(new PageTransitionEvent(type, { persisted }));
const freeze = () => void document.dispatchEvent(new Event('freeze'));
const resume = () => void document.dispatchEvent(new Event('resume'));

/** A store in a worker. That has no document, and nothing that happens to the page concerns it. */
async function openInWorker(name: string) {
  const worker = new Worker(new URL('../tabs/page/dedicated-worker.ts', import.meta.url), { type: 'module' });
  onTestFinished(async () => {
    await ask(worker, { action: 'call', args: ['close'] });
    worker.terminate();
  });
  await ask(worker, { action: 'open', args: [{ name }] });
  return {
    save: (count: number) => ask(worker, { action: 'save', args: ['a', counter(count)] }),
    watch: () => ask(worker, { action: 'watch', args: ['a', 's'] }),
    async counts(): Promise<number[]> {
      const { counts } = (await ask(worker, { action: 'heard', args: [] })) as CommitGaps;
      return counts.map(({ told }) => told);
    },
  };
}

/** From now on, connections behave as those of a page that the browser has stopped: they are not asked to let go. */
function stopLettingGo(): void {
  const { open } = IDBFactory.prototype;
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...args) {
    const request = open.apply(this, args);
    request.addEventListener('success', () =>
      request.result.addEventListener('versionchange', (event) => event.stopImmediatePropagation()),
    );
    return request;
  });
}

/** Whether others have to wait for the store to let go of its database. It is gone if they do not. */
const isHeldUp = (name: string) =>
  deleteRaw(name).then(
    () => false,
    () => true,
  );

/** The name of the lock that shows that the store lives, taken from what it saved as pending. */
async function lockOf(store: Store, name: string): Promise<string> {
  await save(store, 'pending', counter(0, { status: 'pending', sessionId: 'busy' }));
  const rows = (await dumpDatabase(name))!['snapshots']!;
  const { client } = rows.find(([id]) => id === 'pending')![1] as { client: string };
  return `offshoot:client:${client}`;
}

async function isHeld(lock: string): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return held!.some(({ name }) => name === lock);
}

async function becomesHeld(lock: string, expected: boolean): Promise<void> {
  await vi.waitFor(async () => expect(await isHeld(lock)).toBe(expected), { timeout: 10_000, interval: 2 });
}

/** Hears what the stores say to each other, so that it is known when a store would have heard it. */
function eavesdrop(name: string): unknown[] {
  const channel = new BroadcastChannel(`offshoot:${name}`);
  onTestFinished(() => channel.close());
  const messages: unknown[] = [];
  channel.addEventListener('message', ({ data }) => messages.push(data));
  return messages;
}

describe('a page that may be kept aside (pagehide, persisted)', () => {
  test('puts down its lock, and takes it up when it is shown again', async () => {
    const name = freshName();
    const store = openStore({ name });
    const lock = await lockOf(store, name);
    expect(await isHeld(lock)).toBe(true);
    page('pagehide', true);
    await becomesHeld(lock, false);
    page('pageshow', true);
    await becomesHeld(lock, true);
  });

  test('takes up no lock that it did not have', async () => {
    const store = openStore();
    await store.getSession('s');
    const request = vi.spyOn(navigator.locks, 'request');
    page('pagehide', true);
    page('pageshow', true);
    await store.getSession('s');
    expect(request).not.toHaveBeenCalled();
  });

  test('holds nobody up who wants to delete or upgrade the database', async () => {
    stopLettingGo();
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', counter(1));
    page('pagehide', true);
    expect(await isHeldUp(name)).toBe(false);
    page('pageshow', true);
    await save(store, 'a', counter(2));
    expect((await store.getSnapshot({ snapshotId: 'a' }))?.state).toEqual({ custom: 2 });
  });

  test('hears nothing until it is shown again, and then what it missed', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', counter(1));
    const other = await openInWorker(name);
    const { counts } = await watchEverything(store);
    page('pagehide', true);
    const messages = eavesdrop(name);
    await other.save(2);
    await eventually(() => messages.length > 0, 'the message');
    await store.getSession('s');
    expect(counts).toEqual([1]);

    page('pageshow', true);
    await eventually(() => counts.at(-1) === 2, 'the save that was missed');
    await other.save(3);
    await eventually(() => counts.at(-1) === 3, 'the next save');
    expect(counts).toEqual([1, 2, 3]);
  });

  test('finishes the save that it is in the midst of, and others are told', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', counter(1));
    const other = await openInWorker(name);
    await other.watch();
    await expect.poll(() => other.counts()).toEqual([1]);
    const saving = save(store, 'a', counter(2));
    page('pagehide', true);
    expect(await saving).toBe('a');
    await expect.poll(() => other.counts()).toEqual([1, 2]);
    page('pageshow', true);
    expect((await store.getSnapshot({ snapshotId: 'a' }))?.state).toEqual({ custom: 2 });
  });
});

test('a page that goes for good keeps all it has, for it may still save', async () => {
  stopLettingGo();
  const name = freshName();
  const store = openStore({ name });
  const lock = await lockOf(store, name);
  await save(store, 'a', counter(1));
  const other = await openInWorker(name);
  const { counts } = await watchEverything(store);
  page('pagehide', false);
  await other.save(2);
  await eventually(() => counts.at(-1) === 2, 'the save of another tab');
  expect(await isHeld(lock)).toBe(true);
  expect(await isHeldUp(name)).toBe(true);
});

test('a page that goes for good takes back what it is in the midst of, of which Firefox would commit the first half', async () => {
  const store = openStore();
  await save(store, 'a', counter(1));
  const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction');
  const abort = vi.spyOn(IDBTransaction.prototype, 'abort');
  const written = () => transactions.mock.calls.filter(([, mode]) => mode === 'readwrite').length;
  const deleted = store.deleteSession('s');
  await vi.waitUntil(() => written() === 1, { interval: 0 });
  page('pagehide', false);
  expect(abort).toHaveBeenCalledTimes(1);
  // This one goes on after all, so it is done again.
  await deleted;
  expect(written()).toBe(2);
  expect(await store.getSession('s')).toBeUndefined();
  // What asks for nothing more is left to its end.
  const saved = save(store, 'b', counter(1));
  await vi.waitUntil(() => written() === 3, { interval: 0 });
  await saved;
  abort.mockClear();
  page('pagehide', false);
  expect(abort).not.toHaveBeenCalled();
});

test('a page that is about to be stopped lets go of the database, and keeps what shows that it lives', async () => {
  stopLettingGo();
  const name = freshName();
  const store = openStore({ name });
  const lock = await lockOf(store, name);
  await store.getSession('s');
  freeze();
  expect(await isHeldUp(name)).toBe(false);
  expect(await isHeld(lock)).toBe(true);
  resume();
  await save(store, 'a', counter(1));
  expect(await isHeld(lock)).toBe(true);
});

test('a page that was stopped hears what it missed when it goes on', async () => {
  const name = freshName();
  const store = openStore({ name });
  await save(store, 'a', counter(1));
  const other = await openInWorker(name);
  const { counts } = await watchEverything(store);
  freeze();
  await other.save(2);
  resume();
  await eventually(() => counts.at(-1) === 2, 'the save of another tab');
  expect(counts).toEqual([1, 2]);
});

test('after close nothing that happens to the page wakes the store up', async () => {
  const store = openStore();
  await save(store, 'a', counter(1));
  await watchEverything(store);
  await store.close();
  const open = vi.spyOn(IDBFactory.prototype, 'open');
  const request = vi.spyOn(navigator.locks, 'request');
  const Channel = vi.fn();
  vi.stubGlobal('BroadcastChannel', Channel);
  page('pagehide', true);
  page('pageshow', true);
  freeze();
  resume();
  document.dispatchEvent(new Event('visibilitychange'));
  // Its own timers and promises have had their turn by then.
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const taken of [open, request, Channel]) expect(taken).not.toHaveBeenCalled();
});

test('a store that is closed while its page is aside takes nothing up again', async () => {
  const name = freshName();
  const store = openStore({ name });
  const lock = await lockOf(store, name);
  page('pagehide', true);
  await store.close();
  page('pageshow', true);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await isHeld(lock)).toBe(false);
});

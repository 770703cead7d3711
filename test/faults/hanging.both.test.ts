import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { observingRequests } from '../database/observe-requests.js';
import { freshName, openStore } from '../stores/open-store.js';
import { openRaw } from '../database/raw-database.js';
import { losePatience, pass, stopTime } from './patience.js';
import { renewIndexedDB } from '../environment.js';

type Store = IndexedDBSessionStore<any>;

const LIMIT_MS = 30_000;

/**
 * Keeps everybody's transactions waiting, as a tab does that the browser has stopped in the midst of a save, until
 * the returned function is called.
 */
async function occupy(name: string): Promise<() => void> {
  const database = await openRaw(name);
  const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
  const rows = transaction.objectStore('meta');
  let isStopped = true;
  const ask = () => {
    if (isStopped) rows.get('clock').onsuccess = ask;
  };
  ask();
  const goOn = () => {
    isStopped = false;
    database.close();
  };
  onTestFinished(goOn);
  return goOn;
}

async function openOccupied(): Promise<{ store: Store; goOn: () => void }> {
  const name = freshName();
  const store = openStore({ name });
  await save(store, 'a', turn(1));
  return { store, goOn: await occupy(name) };
}

/** What has become of something that was begun. */
function watchOver(action: Promise<unknown>): { isOver: boolean } {
  const state = { isOver: false };
  const end = () => (state.isOver = true);
  action.then(end, end);
  return state;
}

const CALLS: Record<string, (store: Store) => Promise<unknown>> = {
  getSnapshot: (store) => store.getSnapshot({ snapshotId: 'a' }),
  listSessions: (store) => store.listSessions(),
  saveSnapshot: (store) => save(store, 'b', turn(2)),
  updateSession: (store) => store.updateSession('s', { title: 'T' }),
  deleteSession: (store) => store.deleteSession('s'),
  deleteDatabase: (store) => store.deleteDatabase(),
};

const PATIENT: [string, (store: Store) => Promise<unknown>][] = [
  ['check', (store) => store.check()],
  ['check, with repair', (store) => store.check({ repair: true })],
  ['storage', (store) => store.storage()],
];

/** Lets so much time pass before each request that `action` makes; resolves when it is done. */
async function answeringSlowly(
  ms: number,
  action: () => Promise<unknown>,
): Promise<{ calling: Promise<unknown>; answers: number }> {
  let answers = 0;
  const calling = observingRequests(() => {
    answers++;
    // The time of timers, while the database goes on in real time.
    vi.advanceTimersByTime(ms);
  }, action);
  const wait = watchOver(calling);
  while (!wait.isOver) await pass(100);
  return { calling, answers };
}

renewIndexedDB();

afterEach(() => {
  vi.useRealTimers();
});

describe('a transaction that does not come to an end', () => {
  test.each(Object.entries(CALLS))(
    '%s: UNAVAILABLE after thirty seconds, and the store works on afterwards',
    async (_, call) => {
      const { store, goOn } = await openOccupied();
      const error = await losePatience(() => expectRefusal(() => call(store), 'UNAVAILABLE'));
      expect(error.message).toMatch(/did not finish within 30000 ms: .*a tab .*stopped/);
      goOn();
      await save(store, 'c', turn(3, { parentId: 'a' }));
      const history = await store.getHistory('c');
      expect(history.map(({ snapshotId }) => snapshotId)).toEqual(['a', 'c']);
      // What was given up has written nothing.
      const session = await store.getSession('s');
      expect(session).toMatchObject({ snapshotCount: 2 });
      expect(session).not.toHaveProperty('title');
      expect((await store.check()).problems).toEqual([]);
    },
  );

  test('is waited for as long as that, and not given up before', async () => {
    const { store, goOn } = await openOccupied();
    stopTime();
    const reading = store.getSession('s');
    const saving = save(store, 'b', turn(2));
    const [read, saved] = [watchOver(reading), watchOver(saving)];
    await pass(LIMIT_MS - 2_000);
    expect([read.isOver, saved.isOver]).toEqual([false, false]);
    goOn();
    expect(await reading).toMatchObject({ snapshotCount: 1 });
    expect(await saving).toBe('b');
  });

  test('saves that waited together are given up together', async () => {
    const { store, goOn } = await openOccupied();
    stopTime();
    const saves = ['b', 'c', 'd'].map((id, n) => save(store, id, turn(n + 2)));
    const outcomes = saves.map((saving) => expectRefusal(() => saving, 'UNAVAILABLE'));
    await pass(2 * LIMIT_MS);
    goOn();
    await Promise.all(outcomes);
    vi.useRealTimers();
    expect((await store.getSession('s'))?.snapshotCount).toBe(1);
  });

  test.each(PATIENT)(
    '%s, which takes as long as there are rows, is given up in silence only',
    async (_, call) => {
      const { store, goOn } = await openOccupied();
      const error = await losePatience(() => expectRefusal(() => call(store), 'UNAVAILABLE'));
      expect(error.message).toMatch(/did not finish within 30000 ms/);
      goOn();

      stopTime();
      // Each answer takes almost as long as all of another call may.
      const { calling, answers } = await answeringSlowly(LIMIT_MS - 5_000, () => call(store));
      vi.useRealTimers();
      await calling;
      expect(answers).toBeGreaterThan(2);
    },
  );
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HealthEvent } from '../../src/index.js';
import { freshName, openStore } from '../stores/open-store.js';

const DAY = 86_400_000;
const YEAR = 365 * DAY;
const BEGIN = Date.parse('2026-05-01T12:00:00Z');
const maxAgeMs = 90 * DAY;

type Store = ReturnType<typeof openStore>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: BEGIN });
});
afterEach(() => {
  vi.useRealTimers();
});
const at = (ms: number) => vi.setSystemTime(BEGIN + ms);

const save = (store: Store, sessionId: string) =>
  store.saveSnapshot(undefined, () => ({ sessionId, createdAt: new Date().toISOString() }));

async function idsOf(store: Store): Promise<string[]> {
  return (await store.listSessions()).sessions
    .map(({ sessionId }) => sessionId)
    .sort((a, b) => (a < b ? -1 : 1));
}

/** A hundred days of use: a session every ten days. */
async function used(store: Store): Promise<void> {
  for (let day = 0; day <= 100; day += 10) {
    at(day * DAY);
    await save(store, `s${String(day).padStart(3, '0')}`);
    await store.retain({ maxAgeMs });
  }
}

test.each([DAY / 24, DAY, 7 * DAY, 90 * DAY])(
  'a clock a year ahead makes nothing older, before and after something was saved: %i ms allowed',
  async (maxAgeMs) => {
    const store = openStore();
    for (const id of ['a', 'b', 'c']) await save(store, id);
    at(YEAR);
    expect((await store.retain({ maxAgeMs })).sessions).toEqual([]);
    for (const id of ['a', 'd']) await save(store, id);
    const { sessions, retained } = await store.retain({ maxAgeMs });
    expect(sessions).toEqual([]);
    expect(retained).toEqual(
      ['b', 'c'].map((sessionId) => ({ sessionId, limit: 'maxAgeMs', because: 'clock' })),
    );
    at(1000);
    expect((await store.retain({ maxAgeMs })).sessions).toEqual([]);
    expect(await idsOf(store)).toEqual(['a', 'b', 'c', 'd']);
    expect((await store.check()).problems).toEqual([]);
  },
);

test('not in idle time either, nor while the clock jumps to and fro at work', async () => {
  const name = freshName();
  const events: HealthEvent[] = [];
  const open = () => openStore({ name, retention: { maxAgeMs }, onHealth: (event) => events.push(event) });
  for (const id of ['a', 'b']) await save(open(), id);
  for (const [index, ms] of [YEAR, 0, 2 * YEAR, -DAY, 10, YEAR, 20].entries()) {
    at(ms);
    const store = open();
    await save(store, `jump ${index}`);
    // As soon as there is nothing better to do.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await store.close();
  }
  expect(events.filter(({ type }) => type === 'freed')).toEqual([]);
  expect(await idsOf(openStore({ name }))).toHaveLength(9);
});

test('what is really old goes, day by day', async () => {
  const store = openStore();
  await used(store);
  expect((await idsOf(store))[0]).toBe('s010');
  at(101 * DAY);
  expect((await store.retain({ maxAgeMs })).sessions).toEqual(['s010']);
});

test('after a long absence it goes a day later', async () => {
  const store = openStore();
  for (const id of ['a', 'b']) await save(store, id);
  at(YEAR);
  await save(store, 'b');
  expect((await store.retain({ maxAgeMs })).sessions).toEqual([]);
  at(YEAR + DAY / 2);
  expect((await store.retain({ maxAgeMs })).sessions).toEqual([]);
  at(YEAR + DAY);
  expect(await store.retain({ maxAgeMs })).toMatchObject({ sessions: ['a'], retained: [] });
});

test('what was saved by a clock that was ahead is as old as now, not older, and takes nobody along', async () => {
  const store = openStore();
  await used(store);
  at(100 * DAY + YEAR);
  await save(store, 'ahead');
  at(100 * DAY + 1);
  expect((await store.retain({ maxAgeMs })).sessions).toEqual([]);
  expect(await idsOf(store)).toContain('ahead');
});

test('a clock that is behind deletes nothing', async () => {
  const store = openStore();
  await used(store);
  const before = await idsOf(store);
  for (const ms of [-YEAR, -BEGIN + 1]) {
    at(ms);
    expect(await store.retain({ maxAgeMs })).toMatchObject({ sessions: [], retained: [] });
  }
  at(100 * DAY + 1);
  await store.retain({ maxAgeMs });
  expect(await idsOf(store)).toEqual(before);
});

test('the other limits do not go by the clock', async () => {
  const store = openStore();
  for (const id of ['a', 'b', 'c']) {
    await save(store, id);
    at(1);
  }
  at(YEAR);
  expect(await store.retain({ maxAgeMs, maxSessions: 2 })).toMatchObject({
    sessions: ['a'],
    retained: [
      { sessionId: 'b', limit: 'maxAgeMs', because: 'clock' },
      { sessionId: 'c', limit: 'maxAgeMs', because: 'clock' },
    ],
  });
});

test('in an encrypted database it is the same', async () => {
  const name = freshName();
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const store = openStore({ name, encryption: { key } });
  for (const id of ['a', 'b']) await save(store, id);
  at(YEAR);
  await save(store, 'b');
  expect((await store.retain({ maxAgeMs })).sessions).toEqual([]);
  at(YEAR + DAY);
  expect((await store.retain({ maxAgeMs })).sessions).toEqual(['a']);
  expect((await store.check()).problems).toEqual([]);
});

import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { requestsOf } from '../database/observe-requests.js';
import { Chat, conversation } from './chat.js';

const TURNS = [10, 100, 1_000];

/** What a save asks of IndexedDB, at three lengths of a chat; `warm` remembers the parent, `cold` nothing. */
async function requestsByTurn() {
  globalThis.indexedDB = new IDBFactory();
  const chat = new Chat();
  const messages = conversation(2 * TURNS.at(-1)! + 2);
  const state = (n: number) => ({ messages: messages.slice(0, 2 * n + 2) });
  const describe = async (action: () => Promise<unknown>) =>
    (await requestsOf(action)).map(({ store, method }) => `${store}.${method}`);
  const warm: string[][] = [];
  const cold: string[][] = [];
  for (let n = 0; n <= TURNS.at(-1)!; n++) {
    const saving = (id: string, via = chat.store) =>
      chat.save(id, n > 0 ? `n${n - 1}` : undefined, state(n), { via });
    if (!TURNS.includes(n)) {
      await saving(`n${n}`);
      continue;
    }
    warm.push(await describe(() => saving(`n${n}`)));
    const other = chat.open();
    // Opening the database is not what is counted.
    await other.listSessions();
    cold.push(await describe(() => chat.save(`cold${n}`, `n${n}`, state(n), { via: other })));
    await chat.store.getSnapshot({ snapshotId: `n${n}` });
    // The chat goes on from here, with what the other tab wrote taken notice of.
    if (n < TURNS.at(-1)!) await chat.save(`again${n}`, `n${n}`, state(n));
  }
  return { warm, cold };
}

test('a save takes the same requests at turn 10, 100 and 1,000, with its parent in memory and without', async () => {
  const { warm, cold } = await requestsByTurn();
  expect(warm[0]!.length).toBeGreaterThan(0);
  for (const requests of warm) {
    expect(requests).toEqual(warm[0]);
    expect(requests.filter((request) => /^logs\.(get|open|count)/.test(request))).toEqual([]);
  }
  for (const requests of cold) expect(requests).toEqual(cold[0]);
  expect(cold[0]!.length - warm[0]!.length).toBeLessThanOrEqual(5);
}, 120_000);

test('what a save writes does not grow with the chat', async () => {
  globalThis.indexedDB = new IDBFactory();
  const chat = new Chat();
  const messages = conversation(600);
  const written: number[] = [];
  for (let n = 0; n < 300; n++) {
    const state = { messages: messages.slice(0, 2 * n + 2) };
    const save = () => chat.save(`n${n}`, n > 0 ? `n${n - 1}` : undefined, state);
    if (n !== 10 && n !== 299) {
      await save();
      continue;
    }
    const { prototype } = IDBObjectStore;
    const original = prototype.put;
    const puts: unknown[] = [];
    prototype.put = function (value, ...key) {
      puts.push(value);
      return original.call(this, value, ...key);
    };
    try {
      await save();
    } finally {
      prototype.put = original;
    }
    written.push(JSON.stringify(puts).length);
  }
  expect(written).toHaveLength(2);
  // Numbers and ids have a few digits more.
  expect(written[1]! - written[0]!).toBeLessThan(100);
}, 60_000);

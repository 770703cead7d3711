import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { requestsOf } from '../database/observe-requests.js';
import { Chat, conversation, said } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const MIB = 1024 * 1024;

/** The requests of each turn, of two snapshots, in sessions of 3 MiB that are used in turns. */
async function requestsInTurns(sessions: number): Promise<string[][]> {
  const chat = new Chat();
  const all = Array.from({ length: sessions }, (_, n) => ({
    sessionId: `session ${n}`,
    messages: conversation(5, `${n}`, (3 * MIB) / 5),
  }));
  const made: string[][] = [];
  for (let round = 0; round < 4; round++) {
    for (const session of all) {
      const { sessionId } = session;
      const requests = await requestsOf(async () => {
        for (const part of [0, 1]) {
          if (round + part > 0) session.messages = [...session.messages, said(`${round}, ${part}`)];
          const number = 2 * round + part;
          const parentId = number > 0 ? `${sessionId}, ${number - 1}` : undefined;
          await chat.save(`${sessionId}, ${number}`, parentId, { messages: session.messages }, { sessionId });
        }
        await chat.store.getSnapshot({ sessionId });
      });
      if (round > 0) made.push(requests.map(({ store, method }) => `${store}.${method}`));
    }
  }
  return made;
}

test('ten sessions that are used in turns take the requests of one', async () => {
  const [one] = (await requestsInTurns(1)).slice(-1);
  for (const each of await requestsInTurns(10)) expect(each).toEqual(one);
}, 60_000);

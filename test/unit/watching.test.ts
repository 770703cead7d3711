import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { sessionSource, type SessionView } from '../../src/bindings/session-source.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { requestsOf, type RequestMade } from '../database/observe-requests.js';
import { Chat, conversation, said } from '../logs/chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** What a tab that only reads has asked for, and how many rows it got. */
async function readsOf(action: () => Promise<unknown>) {
  const made = await requestsOf(action);
  const reads = made.filter(({ transaction }) => transaction.mode === 'readonly');
  const rowsOf = ({ request }: RequestMade) => {
    const result: unknown = request?.readyState === 'done' ? request.result : undefined;
    return Array.isArray(result) ? result.length : Number(result !== undefined);
  };
  return {
    requests: reads.map(({ store, method }) => `${store}.${method}`),
    transactions: new Set(reads.map(({ transaction }) => transaction)).size,
    rows: reads.reduce((sum, each) => sum + rowsOf(each), 0),
  };
}

async function chatOf(turns: number) {
  const chat = new Chat();
  const messages = conversation(2 * turns);
  await chat.chain(Array.from({ length: turns }, (_, n) => ({ messages: messages.slice(0, 2 * n + 2) })));
  return { chat, messages, last: `n${turns - 1}` };
}

describe.each([10, 300])('a tab looks at what another one streams, at turn %i', (turns) => {
  test('onSnapshotStateChange reads the row, the proof that its parent is as it was, and what is new: at once', async () => {
    const { chat, messages, last } = await chatOf(turns);
    const heard: any[] = [];
    chat.open().onSnapshotStateChange('streamed', (snapshot) => heard.push(snapshot.state));
    const state = (n: number) => ({ messages: [...messages, said('question'), said('w '.repeat(n), 1_000)] });
    for (let n = 1; n <= 6; n++) {
      const read = await readsOf(async () => {
        await chat.save('streamed', last, state(n));
        await vi.waitFor(() => expect(heard).toHaveLength(n));
      });
      expect(heard.at(-1)).toEqual(state(n));
      // At first it reads what it does not remember.
      if (n < 3) continue;
      expect(read.requests).toEqual(['snapshots.get', 'snapshots.get', 'logs.getAll']);
      expect(read.rows).toBeLessThanOrEqual(4);
    }
  }, 60_000);

  test('getTree, getHistory and getLeaves read the rows that have changed', async () => {
    const { chat, messages, last } = await chatOf(turns);
    const watching = chat.open();
    await watching.getTree('s');
    for (let n = 1; n <= 6; n++) {
      const id = n < 3 ? 'streamed' : `then ${n}`;
      await chat.save(id, n < 3 ? last : 'streamed', { messages: [...messages, said(`${n}`)] });
      for (const read of [
        () => watching.getTree('s'),
        () => watching.getHistory(id),
        () => watching.getLeaves('s'),
        () => watching.getTree('s'),
      ]) {
        expect((await readsOf(read)).rows).toBeLessThanOrEqual(5);
      }
      const [tree, cold] = await Promise.all([watching, chat.open()].map((store) => store.getTree('s')));
      expect(tree).toEqual(cold);
      expect([...tree!.nodes.keys()]).toEqual([...cold!.nodes.keys()]);
    }
  }, 60_000);

  test('the tree of a React hook reads the session and the snapshot that was saved', async () => {
    const { chat, messages, last } = await chatOf(turns);
    const views: SessionView[] = [];
    const failed = vi.fn();
    const source = sessionSource(chat.open(), 's', {}, { data: (view) => views.push(view), failed });
    await vi.waitFor(() => expect(views).toHaveLength(1));
    for (let n = 1; n <= 5; n++) {
      const read = await readsOf(async () => {
        await chat.save(`next ${n}`, last, { messages: [...messages, said(`${n}`)] });
        await vi.waitFor(() => expect(views.at(-1)!.tree.nodes.has(`next ${n}`)).toBe(true));
      });
      // The session for the change, for itself, and for the tree.
      expect(read.requests).toEqual(['sessions.get', 'sessions.get', 'sessions.get', 'snapshots.get']);
      expect(read.rows).toBe(4);
      expect(views.at(-1)!.tree.nodes.get('n0')).toBe(views[0]!.tree.nodes.get('n0'));
    }
    source.end();
    expect(failed).not.toHaveBeenCalled();
  }, 60_000);

  test('a list of sessions reads the session that was saved', async () => {
    const { chat, messages, last } = await chatOf(turns);
    const heard: unknown[] = [];
    chat.open().onSessionsChange((change) => heard.push(change));
    for (let n = 1; n <= 4; n++) {
      const read = await readsOf(async () => {
        await chat.save('streamed', last, { messages: [...messages, said(`${n}`)] });
        await vi.waitFor(() => expect(heard).toHaveLength(n));
      });
      if (n > 1) expect(read).toEqual({ requests: ['sessions.get'], transactions: 1, rows: 1 });
    }
  }, 60_000);
});

test('what a tree shows is its own', async () => {
  const { chat } = await chatOf(2);
  await chat.store.saveSnapshot('n1', (current) => ({ ...current!, extra: { list: [1] } }));
  const [first] = await chat.store.getLeaves('s');
  (first as any).extra.list.push(2);
  expect(await chat.store.getLeaves('s')).toMatchObject([{ extra: { list: [1] } }]);
});

/** What tabs do to sessions whose tree others remember. */
const step = fc.record({
  tab: fc.nat(1),
  does: fc.constantFrom(
    'adds',
    'adds',
    'adds',
    'saves again',
    'moves',
    'deletes',
    'selects',
    'looks',
    'ends',
    'clears',
  ),
  id: fc.nat(6),
  parent: fc.nat(6),
  together: fc.nat(5),
  second: fc.nat(3),
  keeps: fc.constantFrom(undefined, undefined, 2),
});

test('whatever tabs do to a session, trees and states are what a tab reads that remembers nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      globalThis.indexedDB = new IDBFactory();
      const chat = new Chat();
      const tabs = [chat.store, chat.open()];
      const pruning = chat.open({ maxPersistedChainLength: 2 });
      // What is heard is read, and remembered, in a way of its own.
      for (let n = 0; n < 12; n++) tabs[1]!.onSnapshotStateChange(`s${n}`, () => {});
      let made = 0;
      for (const { tab, does, id, parent, together, second, keeps } of steps) {
        const via = keeps === undefined ? tabs[tab]! : pruning;
        const save = (n: number, parentId: string) => {
          const messages = Array.from({ length: (n % 3) + 1 }, (_, i) => said(`${i} of ${made % 4}`));
          made++;
          return via
            .saveSnapshot(`s${n}`, () => turn(second, { parentId, state: { messages } }))
            .catch(() => {});
        };
        if (does === 'adds') {
          await Promise.all(Array.from({ length: together + 1 }, (_, n) => save(id + n, `s${parent}`)));
        } else if (does === 'saves again') {
          await via.saveSnapshot(`s${id}`, (current) => (current ? { ...current, made: made++ } : null));
        } else if (does === 'moves') {
          await via
            .saveSnapshot(`s${id}`, (current) => (current ? { ...current, parentId: `s${parent}` } : null))
            .catch(() => {});
        } else if (does === 'deletes') await via.deleteSnapshot(`s${id}`, { subtree: true });
        else if (does === 'selects') await via.selectBranch(`s${id}`).catch(() => {});
        else if (does === 'ends') await via.deleteSession('s');
        else if (does === 'clears') await via.clear();
        if (id % 2 === 0) await new Promise((resolve) => setTimeout(resolve));
        const fresh = chat.open();
        for (const store of does === 'looks' ? [via] : tabs) {
          const [seen, stored] = await Promise.all([store, fresh].map((each) => each.getTree('s')));
          expect(seen).toEqual(stored);
          expect([...seen!.nodes.keys()]).toEqual([...stored!.nodes.keys()]);
          for (const snapshotId of seen!.nodes.keys()) {
            const [state, whole] = await Promise.all(
              [store, fresh].map((each) => each.getSnapshot({ snapshotId })),
            );
            expect(state).toEqual(whole);
          }
        }
        await fresh.close();
      }
      expect((await chat.open().check()).problems).toEqual([]);
      for (const store of [...tabs, pruning]) await store.close();
    }),
    { numRuns: 100 },
  );
}, 240_000);

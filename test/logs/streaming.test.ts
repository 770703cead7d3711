import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { LogKey } from '../../src/database/schema.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { observingRequests, type RequestMade } from '../database/observe-requests.js';
import { Chat, conversation, logKeys, said } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const TURNS = 1_000;
const SAVES = 200;

/** A chat of so many turns, of two messages each. */
async function chatOf(turns: number) {
  const chat = new Chat();
  const messages = conversation(2 * turns);
  await chat.chain(Array.from({ length: turns }, (_, n) => ({ messages: messages.slice(0, 2 * n + 2) })));
  return { chat, messages, last: `n${turns - 1}` };
}

/** The requests that an action makes, and what it puts. */
async function observed(action: () => Promise<unknown>) {
  const made: string[] = [];
  let answers = 0;
  let answeredBefore = 0;
  const look = ({ store, method, writes }: RequestMade) => {
    made.push(`${store}.${method}`);
    if (writes) answeredBefore = answers;
    return (request: IDBRequest) => request.addEventListener('success', () => answers++);
  };
  const { prototype } = IDBObjectStore;
  const original = prototype.put;
  let bytes = 0;
  prototype.put = function (value, ...key) {
    bytes += JSON.stringify(value).length;
    return original.call(this, value, ...key);
  };
  try {
    await observingRequests(look, action);
  } finally {
    prototype.put = original;
  }
  return { made, bytes, answeredBefore };
}

describe('a turn that is saved 200 times while it streams, at turn 1,000', () => {
  test('takes the same few requests each time, waits for nothing before it writes, and nothing of earlier turns is written again', async () => {
    const { chat, messages, last } = await chatOf(TURNS);
    const before = await logKeys(chat.name);
    const partial = (n: number) => ({
      messages: [...messages, said('question'), said('answer', 1_000 + 10 * n)],
    });
    const all: Awaited<ReturnType<typeof observed>>[] = [];
    for (let n = 0; n < SAVES; n++) {
      all.push(await observed(() => chat.save('streamed', last, partial(n))));
    }
    // The first is of a new snapshot.
    const [steady, ...others] = all.slice(1);
    const replacing = ({ made }: typeof steady & object) => made.filter((each) => each !== 'logs.delete');
    expect(replacing(steady!)).toEqual([
      'meta.get',
      'snapshots.get',
      'meta.put',
      'logs.put',
      'snapshots.put',
      'sessions.put',
    ]);
    for (const [n, partial] of others.entries()) {
      expect(replacing(partial)).toEqual(replacing(steady!));
      expect(partial.answeredBefore, 'answers before the last write was asked for').toBe(0);
      // Each answer is ten characters longer; numbers have a digit more.
      expect(partial.bytes - steady!.bytes).toBeLessThan(10 * (n + 1) + 20);
    }
    // Most put the answer where it was.
    expect(others.filter(({ made }) => made.includes('logs.delete')).length).toBeLessThan(SAVES / 8);
    const keys = await logKeys(chat.name);
    expect(keys.slice(0, before.length)).toEqual(before);
    expect(keys.length, 'as many rows as if it were saved once').toBe(before.length + 1);
    const other = chat.open();
    expect((await other.getSnapshot({ snapshotId: 'streamed' }))!.state).toEqual(partial(SAVES - 1));
    expect(await other.check()).toMatchObject({ problems: [], snapshots: TURNS + 1 });
  }, 240_000);

  test('its state is not copied for a mutator that does not look at it', async () => {
    const { chat, messages, last } = await chatOf(3);
    const twice = said('twice');
    // Only what structured clone has to copy can be counted.
    const before = [...messages, { twice: [twice, twice] }];
    await chat.save('streamed', last, { messages: before });
    const cloned = vi.spyOn(globalThis, 'structuredClone');
    await chat.store.saveSnapshot('streamed', (current) => ({ ...current!, status: 'pending' }));
    const looking = cloned.mock.calls.length;
    cloned.mockClear();
    const next = turn(9, { parentId: last, state: { messages: before } });
    await chat.store.saveSnapshot('streamed', (current) => (current ? next : null));
    const notLooking = cloned.mock.calls.length;
    cloned.mockRestore();
    expect(notLooking).toBe(looking - 1);
  });
});

describe('what a mutator gets', () => {
  test('is its own, whenever it looks at it, and can be changed', async () => {
    const { chat, messages } = await chatOf(2);
    const seen: any[] = [];
    const look = () => chat.store.saveSnapshot('n1', (current) => (seen.push(current), null));
    await look();
    await look();
    expect(Object.keys(seen[0])).toContain('state');
    expect(seen[0].state).toBe(seen[0].state);
    expect(seen[0].state).not.toBe(seen[1].state);
    seen[0].state.messages.length = 1;
    expect(seen[1].state).toEqual({ messages });
    await chat.store.saveSnapshot('n1', (current) => {
      current!.state = { messages: [said('anew')] } as never;
      return current!;
    });
    expect((await chat.store.getSnapshot({ snapshotId: 'n1' }))!.state).toEqual({ messages: [said('anew')] });
    // It was looked at only after it had been saved anew.
    expect(structuredClone(seen[1]).state).toEqual({ messages });
    expect(Object.freeze(seen[1]).state).toEqual({ messages });
  });

  test('is what another tab has written meanwhile, also where this tab remembers something else', async () => {
    const { chat } = await chatOf(3);
    const other = chat.open();
    for (const [n, via] of [chat.store, other, other, chat.store, chat.store, other].entries()) {
      await via.saveSnapshot('n2', (current) => ({
        ...current!,
        counted: ((current as { counted?: number }).counted ?? 0) + 1,
      }));
      expect(await chat.store.getSnapshot({ snapshotId: 'n2' })).toMatchObject({ counted: n + 1 });
    }
    await other.deleteSnapshot('n2');
    await chat.store.saveSnapshot('n2', (current) => {
      expect(current).toBeUndefined();
      return null;
    });
  });
});

/** Compacts until one row is merged; what is in the session's row stays as it was. */
async function mergeOnce(store: Chat['store']): Promise<void> {
  const controller = new AbortController();
  await observingRequests(
    ({ store: name, method }) => name === 'logs' && method === 'put' && controller.abort(),
    () => store.compact({ signal: controller.signal }).catch(() => {}),
  );
}

test('another tab merges, in the middle of a stream, the row that is to be replaced', async () => {
  const { chat, messages, last } = await chatOf(2);
  const other = chat.open();
  const earlier = [...messages, ...Array.from({ length: 4 }, (_, n) => said(`long ${n}`, 30_000))];
  for (let n = 0; n < 4; n++)
    await chat.save(`b${n}`, n ? `b${n - 1}` : last, { messages: earlier.slice(0, 5 + n) });
  for (let n = 1; n <= 6; n++) {
    await chat.save('streamed', 'b3', { messages: [...earlier, said('w '.repeat(n), 20_000)] });
    if (n % 2 === 0) continue;
    await mergeOnce(n % 4 === 1 ? other : chat.store);
    const ends = (await logKeys(chat.name)).map(([, end, start]) => end - start);
    if (n === 1) expect(Math.max(...ends)).toBeGreaterThan(4);
  }
  expect(await chat.entries()).toBe(4 + 4 + 1);
});

/** A few tabs that save, save again, merge and delete, in any order. */
const step = fc.record({
  tab: fc.nat(2),
  does: fc.constantFrom(
    'streams',
    'streams',
    'streams',
    'continues',
    'compacts',
    'merges',
    'deletes',
    'forks',
  ),
  size: fc.constantFrom(100, 700, 9_000, 40_000, 70_000),
  kept: fc.nat(2),
});

test('any number of tabs that stream, merge and delete, in any order: all reads as it was saved', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      globalThis.indexedDB = new IDBFactory();
      const chat = new Chat();
      const tabs = [chat.store, chat.open(), chat.open()];
      const path: { id: string; messages: unknown[] }[] = [];
      const forked = new Set<string>();
      let made = 0;
      for (const { tab, does, size, kept } of steps) {
        const via = tabs[tab]!;
        const last = path.at(-1);
        if (does === 'compacts') await via.compact();
        else if (does === 'merges') await mergeOnce(via);
        else if (does === 'deletes') {
          if (path.length < 2 || forked.has(last!.id)) continue;
          await via.deleteSnapshot(path.pop()!.id);
          chat.forget(last!.id);
        } else {
          const isNew = does !== 'streams' || !last;
          const parent = does === 'forks' ? path.at(-2) : isNew ? last : path.at(-2);
          const own = isNew ? [] : last.messages.slice(parent?.messages.length ?? 0).slice(0, kept);
          const messages = [...(parent?.messages ?? []), ...own, said(`m${made++}`, size)];
          const id = isNew ? `s${made}` : last.id;
          await chat.save(id, parent?.id, { messages }, { via });
          if (does === 'forks') {
            if (parent) forked.add(parent.id);
            continue;
          }
          if (isNew) path.push({ id, messages });
          else path[path.length - 1] = { id, messages };
        }
      }
      await chat.expectWhole();
      const keys: LogKey[] = await logKeys(chat.name);
      expect(keys.every(([log, , start], n) => keys[n - 1]?.[0] !== log || keys[n - 1]![1] <= start)).toBe(
        true,
      );
      for (const store of tabs) await store.close();
    }),
    { numRuns: 100 },
  );
}, 240_000);

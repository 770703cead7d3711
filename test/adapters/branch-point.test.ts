import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { openChatPersistence } from '../../src/adapters/tanstack-ai/index.js';
import { branchPoint } from '../../src/adapters/shared/transcript/branch-point.js';
import { continues, messagesOf } from '../../src/adapters/shared/transcript/messages.js';
import type { TranscriptMessage } from '../../src/adapters/shared/transcript/store.js';
import { openStore } from '../stores/open-store.js';

type Store = IndexedDBSessionStore<any>;
type List = readonly TranscriptMessage[];

const numRuns = Number(process.env['FC_RUNS'] ?? 40);

const message = (id: string, role: 'user' | 'assistant', text = id): TranscriptMessage => ({
  id,
  role,
  parts: [{ type: 'text', text, content: text }],
});

async function save(store: Store, list: List, parentId: string | undefined): Promise<string> {
  return await store.saveSnapshot(undefined, () => ({
    sessionId: 't',
    ...(parentId !== undefined && { parentId }),
    createdAt: new Date().toISOString(),
    state: { messages: list as never },
  }));
}

/** A chat of so many turns, each a child of the one before; returns its messages. */
async function fill(store: Store, turns: number): Promise<List> {
  const list: TranscriptMessage[] = [];
  let parentId: string | undefined;
  for (let turn = 0; turn < turns; turn++) {
    list.push(message(`u${turn}`, 'user'), message(`a${turn}`, 'assistant'));
    parentId = await save(store, list, parentId);
  }
  return list;
}

/** The store, counting how many states are loaded. */
function counting(store: Store) {
  let loads = 0;
  const counted = new Proxy(store, {
    get(target, key) {
      if (key === 'getSnapshot') loads += 1;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { counted, loads: () => loads };
}

/** What the search must find: gone through one by one. */
async function nearest(store: Store, snapshotId: string, list: List): Promise<string | undefined> {
  let snapshot = await store.getSnapshot({ snapshotId });
  while (snapshot && !continues(list, messagesOf(snapshot))) {
    const { parentId } = snapshot;
    snapshot = parentId === undefined ? undefined : await store.getSnapshot({ snapshotId: parentId });
  }
  return snapshot?.snapshotId;
}

describe('Where a long chat branches', () => {
  const TURNS = [50, 800];

  it.each([
    ['the first question', 0],
    ['one in the middle', 0.5],
    ['one far down', 0.9],
  ])('is found with few loads in the AI SDK: %s edited', async (_, share) => {
    const counts: number[] = [];
    for (const turns of TURNS) {
      const store = openStore({ compaction: false });
      const list = await fill(store, turns);
      const { counted, loads } = counting(store);
      const chat = await openChat(counted, { sessionId: 't' });
      const turn = Math.floor(turns * share);
      const edited = [
        ...list.slice(0, 2 * turn),
        message(`u${turn}`, 'user', 'edited'),
        message('new', 'assistant'),
      ];
      chat.init.onFinish({ messages: edited, finishReason: 'stop' } as never);
      await chat.settled();
      counts.push(loads());
      const [, saved] = (await store.getHistory(chat.snapshotId!)).reverse();
      expect(
        (saved && (await store.getSnapshot({ snapshotId: saved.snapshotId })))?.state?.messages ?? [],
      ).toEqual(edited.slice(0, -2));
    }
    // Sixteen times the turns are four halvings and four doublings more.
    expect(counts[1]! - counts[0]!).toBeLessThanOrEqual(10);
    expect(counts[1]).toBeLessThanOrEqual(26);
  });

  it('is found with few loads in TanStack AI', async () => {
    const counts: number[] = [];
    for (const turns of TURNS) {
      const store = openStore({ compaction: false });
      await fill(store, turns);
      const { counted, loads } = counting(store);
      const messages = [message('u0', 'user', 'edited'), message('new', 'assistant')];
      await openChatPersistence(counted).setItem('t', { messages: messages as never });
      counts.push(loads());
    }
    expect(counts[1]! - counts[0]!).toBeLessThanOrEqual(10);
    expect(counts[1]).toBeLessThanOrEqual(26);
  });

  it('takes one load where the chat simply goes on, and two where its last answer is made anew', async () => {
    const store = openStore({ compaction: false });
    const list = await fill(store, 100);
    const head = (await store.getHead('t'))!.snapshotId;
    for (const [next, expected] of [
      [[...list, message('u', 'user')], 1],
      [[...list.slice(0, -1), message('other', 'assistant')], 2],
    ] as const) {
      const { counted, loads } = counting(store);
      expect((await branchPoint(counted, head, next))?.snapshotId).toBe(await nearest(store, head, next));
      expect(loads()).toBe(expected);
    }
  });

  it('is found around a snapshot that was deleted or cannot be read meanwhile', async () => {
    const store = openStore({ compaction: false });
    const list = await fill(store, 40);
    const head = (await store.getHead('t'))!.snapshotId;
    const history = await store.getHistory(head);
    const edited = [...list.slice(0, 70), message('x', 'user')];
    const failing = new Proxy(store, {
      get(target, key) {
        if (key !== 'getSnapshot') return (target as any)[key].bind(target);
        return async ({ snapshotId }: { snapshotId: string }) => {
          if (history.slice(0, 20).some((info) => info.snapshotId === snapshotId)) throw new Error('damaged');
          return target.getSnapshot({ snapshotId });
        };
      },
    });
    expect((await branchPoint(failing, head, edited))?.snapshotId).toBe(history[34]!.snapshotId);
  });
});

type Edit = { kind: 'ask' | 'again' | 'edit' | 'window' | 'summarise' | 'undo' | 'grow'; at: number };

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom<Edit['kind'][]>(
    'ask',
    'ask',
    'ask',
    'ask',
    'again',
    'edit',
    'window',
    'summarise',
    'undo',
    'grow',
  ),
  at: fc.nat(1000),
});

/** What a chat's list becomes; ids are new ones. */
function edited(list: List, { kind, at }: Edit, fresh: string): List {
  const index = list.length === 0 ? 0 : at % list.length;
  switch (kind) {
    case 'ask':
      return [...list, message(`u${fresh}`, 'user'), message(`a${fresh}`, 'assistant')];
    case 'again':
      return [...list.slice(0, -1), message(`a${fresh}`, 'assistant')];
    case 'edit':
      return [
        ...list.slice(0, index),
        message(list[index]?.id ?? fresh, 'user', fresh),
        message(`a${fresh}`, 'assistant'),
      ];
    case 'window':
      return [...list.slice(Math.min(2, list.length)), message(`u${fresh}`, 'user')];
    case 'summarise':
      return [message(`s${fresh}`, 'assistant'), ...list.slice(index), message(`u${fresh}`, 'user')];
    case 'undo':
      return list.slice(0, index);
    default: {
      const last = list.at(-1);
      return last
        ? [...list.slice(0, -1), { ...last, parts: [...last.parts, { type: 'text', text: ' more' }] }]
        : list;
    }
  }
}

describe('After any history of edits', () => {
  const property = (follows: boolean) =>
    fc.asyncProperty(
      fc.array(edit, { minLength: 1, maxLength: 40 }),
      fc.array(edit, { maxLength: 3 }),
      async (history, last) => {
        const store = openStore({ compaction: false });
        let list: List = [];
        let snapshotId: string | undefined;
        let fresh = 0;
        for (const each of history) {
          list = edited(list, each, `${fresh++}`);
          // As the adapters do, or as an app that names what was on the screen as the parent, whatever it did to the list.
          const parent = follows ? (await branchPoint(store, snapshotId, list))?.snapshotId : snapshotId;
          snapshotId = await save(store, list, parent);
        }
        for (const each of last) list = edited(list, each, `${fresh++}`);
        const found = await branchPoint(store, snapshotId, list);
        expect(found?.snapshotId).toBe(await nearest(store, snapshotId!, list));
        await store.close();
      },
    );

  it('what a list continues is what a search one by one finds', { timeout: 120_000 }, () =>
    fc.assert(property(true), { numRuns }),
  );
  it('also where lists do not begin with their parents’', { timeout: 120_000 }, () =>
    fc.assert(property(false), { numRuns }),
  );
});

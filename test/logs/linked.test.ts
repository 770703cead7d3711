import { beforeEach, describe, expect, test } from 'vitest';
import { IDBFactory } from 'fake-indexeddb';
import { valueOf } from '../../src/logs/links.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { makeKey } from '../encryption/keys.js';
import { Chat } from './chat.js';
import { observe } from './observe.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

interface Message {
  id: number;
  text: string;
  parent?: Message | null;
  children?: Message[];
  tree?: { root: Message };
}

const TEXT = 'lorem ipsum '.repeat(20);

const message = (id: number): Message => ({ id, text: `${id} ${TEXT}` });

/** Shapes in which messages point at each other, made one message at a time. */
const shapes: Record<string, (messages: Message[], id: number) => Message> = {
  'each at the one before': (messages, id) => ({ ...message(id), parent: messages.at(-1) ?? null }),
  'each at its parent, which points back': (messages, id) => {
    const parent = messages[(id - 1) >> 1];
    const made: Message = { ...message(id), children: [] };
    if (id === 0 || !parent) return made;
    parent.children!.push(made);
    return Object.assign(made, { parent });
  },
  'each at the one before and behind': (messages, id) => {
    const last = messages.at(-1);
    const made: Message = { ...message(id), parent: last ?? null };
    if (last) last.children = [made];
    return made;
  },
  'all at one tree, which leads to all': (messages, id) => {
    const [root] = messages;
    const made: Message = { ...message(id), parent: messages.at(-1) ?? null };
    made.tree = root?.tree ?? { root: made };
    return made;
  },
};

const grown = (shape: string, length: number): Message[] => {
  const messages: Message[] = [];
  for (let id = 0; id < length; id++) messages.push(shapes[shape]!(messages, id));
  return messages;
};

async function storedAfter(shape: string, turns: number): Promise<{ entries: number; bytes: number }> {
  const store = openStore({ compaction: false });
  const messages: Message[] = [];
  for (let id = 0; id < turns; id++) {
    messages.push(shapes[shape]!(messages, id));
    const parentId = id > 0 ? { parentId: `n${id - 1}` } : {};
    await save(store, `n${id}`, turn(id, { ...parentId, state: { messages } }));
  }
  const report = await store.check();
  expect(report.problems).toEqual([]);
  return report;
}

describe.each(Object.keys(shapes))('messages that point at each other: %s', (shape) => {
  test('are stored once, however many turns there are', async () => {
    const [few, many] = [await storedAfter(shape, 20), await storedAfter(shape, 40)];
    expect(many.entries).toBeLessThanOrEqual(3 * 40);
    expect(many.bytes).toBeLessThan(2.3 * few.bytes);
    expect(many.bytes).toBeLessThan(4 * 40 * message(1).text.length);
  });

  test('come back pointing at each other', async () => {
    const chat = new Chat();
    const messages = grown(shape, 30);
    const states = [
      messages.slice(0, 10),
      messages,
      messages.slice(5),
      [message(100), ...messages.slice(20)],
      messages.toReversed(),
    ];
    await chat.chain(states.map((messages) => ({ messages })));
    for (const store of [chat.store, chat.open()]) {
      for (const [n, wanted] of states.entries()) {
        const read = (await store.getSnapshot({ snapshotId: `n${n}` }))!.state!.messages;
        expect(observe(read)).toBe(observe(structuredClone(wanted)));
      }
    }
    await chat.expectWhole();
  });

  test('are the same in an encrypted store, and after export and import', async () => {
    const messages = grown(shape, 12);
    const store = openStore({ encryption: { key: await makeKey() } });
    await save(store, 'a', turn(0, { state: { messages: messages.slice(0, 6) } }));
    await save(store, 'b', turn(1, { parentId: 'a', state: { messages } }));
    const other = openStore();
    await other.importSessions(store.exportSessions());
    for (const each of [store, other]) {
      const read = await each.getSnapshot({ snapshotId: 'b' });
      expect(observe(read!.state!.messages)).toBe(observe(structuredClone(messages)));
    }
    expect((await other.check()).problems).toEqual([]);
  });
});

test('what only two elements share, each gets a copy of', async () => {
  const chat = new Chat();
  const author = { name: 'A', about: TEXT };
  const messages = [0, 1, 2].map((id) => ({ ...message(id), author }));
  await chat.chain([{ messages: messages.slice(0, 2) }, { messages }]);
  const read = (await chat.open().getSnapshot({ snapshotId: 'n1' }))!.state!
    .messages as unknown as typeof messages;
  expect(read).toEqual(messages);
  expect(read[0]!.author).not.toBe(read[1]!.author);
  expect(await chat.entries()).toBe(3);
});

test('more messages may hang together than anything could be nested', async () => {
  const store = openStore({ compaction: false });
  const messages = grown('each at the one before', 5000);
  await save(store, 'a', turn(0, { state: { messages } }));
  const read = (await store.getSnapshot({ snapshotId: 'a' }))!.state!.messages as unknown as Message[];
  expect(read).toHaveLength(5000);
  expect(read[4999]!.parent).toBe(read[4998]);
});

test('instances that point at each other, and others that hold maps', async () => {
  class Node {
    constructor(
      readonly id: number,
      readonly parent: Node | null,
      readonly text = TEXT,
    ) {}
  }
  const store = openStore({ compaction: false });
  const nodes: Node[] = [];
  for (let id = 0; id < 60; id++) nodes.push(new Node(id, nodes.at(-1) ?? null));
  await save(store, 'a', turn(0, { state: { messages: nodes } }));
  await save(store, 'b', turn(1, { parentId: 'a', state: { messages: nodes } }));
  expect((await store.check()).entries).toBe(60);
  const maps = nodes.slice(0, 5).map((node) => ({ node, map: new Map([[node, nodes[0]]]) }));
  await save(store, 'c', turn(2, { state: { messages: [maps[0], { of: maps[0] }, ...maps] } }));
  const read = (await store.getSnapshot({ snapshotId: 'c' }))!.state!.messages as any[];
  expect(read[2].map.get(read[2].node).id).toBe(0);
});

test('what a made-up file says of links reaches nothing but its own objects', () => {
  const made = [
    [{ a: null }, [['__proto__', 'polluted'], 0, []], [['a'], 7, []], [['a', 'b', 'c'], 0, []]],
    [null, [[], -1, ['constructor']], [['x'], 0, ['__proto__']]],
    'no element',
  ];
  expect(valueOf('linked', made)).toEqual([{ a: undefined }, undefined, undefined]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { Chat, conversation, logKeys, said } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Roughly what messages of the default size take; the exact size is the store's own business. */
const bytesOf = (messages: unknown) => JSON.stringify(messages).length;

describe('an element of an array is stored once', () => {
  test('when turns are appended: N turns of two messages are 2 N entries', async () => {
    const chat = new Chat();
    const messages = conversation(60);
    await chat.chain(Array.from({ length: 30 }, (_, n) => ({ messages: messages.slice(0, 2 * n + 2) })));
    const report = await chat.expectWhole();
    expect(report.entries).toBe(60);
    expect(report.bytes).toBeLessThan(1.15 * bytesOf(messages));
  });

  test('when the first turns were too small to be logged', async () => {
    const chat = new Chat();
    const messages = conversation(60, 'm', 20);
    await chat.chain(Array.from({ length: 30 }, (_, n) => ({ messages: messages.slice(0, 2 * n + 2) })));
    expect(await chat.entries()).toBe(60);
  });

  test.each([0, 1, 10, 18, 19])('when message %i of 20 is edited, and what follows it stays', async (n) => {
    const chat = new Chat();
    const messages = conversation(20);
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: messages.with(n, said('edited')) });
    expect(await chat.entries()).toBe(21);
  });

  test.each([0, 1, 10, 19])(
    'when message %i of 20 is edited, and what follows it is regenerated',
    async (n) => {
      const chat = new Chat();
      const messages = conversation(20);
      await chat.save('a', undefined, { messages });
      await chat.save('b', 'a', { messages: [...messages.slice(0, n), said('edited'), said('answered')] });
      expect(await chat.entries()).toBe(22);
    },
  );

  test('when a sliding window drops old messages at the front', async () => {
    const chat = new Chat();
    const messages = conversation(120);
    await chat.chain(
      Array.from({ length: 60 }, (_, n) => ({ messages: messages.slice(Math.max(0, 2 * n - 8), 2 * n + 2) })),
    );
    const report = await chat.expectWhole();
    expect(report.entries).toBe(120);
    expect(report.bytes).toBeLessThan(1.15 * bytesOf(messages));
  });

  test('when a summary replaces the head and the tail is kept', async () => {
    const chat = new Chat();
    const messages = conversation(30);
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: [said('summary'), ...messages.slice(20)] });
    await chat.save('c', 'b', { messages: [said('summary'), ...messages.slice(20), said('next')] });
    await chat.save('d', 'c', { messages: [said('second summary'), ...messages.slice(28), said('next')] });
    expect(await chat.entries()).toBe(33);
  });

  test('when the head goes, and all look alike but for one character', async () => {
    const chat = new Chat();
    const alike = (n: number) =>
      said(`${'x'.repeat(100)}${String.fromCharCode(0x4e00 + n)}${'x'.repeat(500)}`);
    const messages = Array.from({ length: 60 }, (_, n) => alike(n));
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: [said('summary'), ...messages.slice(40)] });
    expect(await chat.entries()).toBe(61);
  });

  test('when several are removed in the middle', async () => {
    const chat = new Chat();
    const messages = conversation(30);
    const removed = new Set([3, 4, 11, 20, 28]);
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: messages.filter((_, n) => !removed.has(n)) });
    await chat.save('c', 'b', { messages: [...messages.filter((_, n) => !removed.has(n)), said('next')] });
    expect(await chat.entries()).toBe(31);
  });

  test('when one is inserted in the middle', async () => {
    const chat = new Chat();
    const messages = conversation(20);
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: messages.toSpliced(7, 0, said('inserted')) });
    expect(await chat.entries()).toBe(21);
  });

  test('when it comes several times', async () => {
    const chat = new Chat();
    const messages = [said('yes'), said('a'), said('yes'), said('b'), said('yes')];
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: messages.slice(2) });
    await chat.save('c', 'b', { messages: [...messages.slice(2), said('yes')] });
    expect(await chat.entries()).toBe(6);
  });

  test('when an artifact is replaced in place, and messages go on', async () => {
    const chat = new Chat();
    const artifacts = conversation(5, 'artifact');
    await chat.save('a', undefined, { messages: conversation(2), artifacts });
    await chat.save('b', 'a', { messages: conversation(4), artifacts: artifacts.with(2, said('replaced')) });
    await chat.save('c', 'b', { messages: conversation(6), artifacts: artifacts.with(2, said('again')) });
    expect(await chat.entries()).toBe(6 + 5 + 2);
  });

  test('in every array at the top of the state, whatever its name', async () => {
    const chat = new Chat();
    const timeline = conversation(40, 'event');
    await chat.chain(Array.from({ length: 20 }, (_, n) => ({ timeline: timeline.slice(0, 2 * n + 2) })));
    expect(await chat.entries()).toBe(40);
  });

  test('by all branches from one snapshot, each of which goes on', async () => {
    const chat = new Chat();
    const trunk = conversation(20);
    await chat.save('trunk', undefined, { messages: trunk });
    for (const branch of ['a', 'b', 'c']) {
      const states = [1, 2, 3].map((n) => ({ messages: [...trunk, ...conversation(n, branch)] }));
      await chat.chain(states, branch, 'trunk');
    }
    expect(await chat.entries()).toBe(20 + 3 * 3);
  });

  test('by a fork at any depth of the conversation', async () => {
    const chat = new Chat();
    const messages = conversation(10);
    await chat.chain(messages.map((_, n) => ({ messages: messages.slice(0, n + 1) })));
    for (let n = 0; n < 9; n++) {
      await chat.save(`fork${n}`, `n${n}`, { messages: [...messages.slice(0, n + 1), said(`fork ${n}`)] });
    }
    expect(await chat.entries()).toBe(10 + 9);
  });

  test('by a snapshot that was first saved without its messages, and again with them', async () => {
    const chat = new Chat();
    const messages = conversation(20);
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: [] });
    await chat.save('b', 'a', { messages: [...messages, said('answer')] });
    expect(await chat.entries()).toBe(21);
  });

  test('not at all while the array is small: it stays in the row of its snapshot', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, {
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
      custom: { n: 1 },
    });
    expect(await chat.entries()).toBe(0);
    expect(await logKeys(chat.name)).toEqual([]);
  });
});

describe('a large value', () => {
  test('that equals that of the parent is stored once, a changed one again', async () => {
    const chat = new Chat();
    const custom = { draft: 'x'.repeat(600), options: { deep: [1, 2, { three: 3 }] } };
    await chat.save('a', undefined, { custom });
    await chat.save('b', 'a', { custom: structuredClone(custom) });
    await chat.save('c', 'b', {
      custom: { draft: 'x'.repeat(600), options: { deep: [1, 2, { three: 3 }] } },
    });
    expect(await chat.entries()).toBe(1);
    await chat.save('d', 'c', { custom: { ...custom, options: { deep: [1, 2, { three: 4 }] } } });
    expect(await chat.entries()).toBe(2);
  });

  test('may turn into an array, a small value, or nothing, and back', async () => {
    const chat = new Chat();
    const custom = { draft: 'x'.repeat(600) };
    await chat.chain([
      { custom },
      { custom: conversation(3) },
      { custom: 1 },
      {},
      { custom },
      { custom: null },
    ]);
    await chat.expectWhole();
  });
});

const padding = 'p'.repeat(600);
const bytes = (last: number) => Uint8Array.from({ length: 700 }, (_, n) => (n === 699 ? last : n));

describe.each<[string, () => unknown]>([
  ['dates', () => new Date(1234)],
  ['invalid dates', () => new Date(NaN)],
  [
    'maps',
    () =>
      new Map<unknown, unknown>([
        ['a', { b: new Date(1) }],
        [2, new Set([1])],
      ]),
  ],
  ['sets', () => new Set(['a', 2])],
  ['typed arrays', () => bytes(1)],
  ['buffers', () => bytes(1).buffer],
  ['views', () => new DataView(bytes(1).buffer)],
  ['NaN', () => NaN],
  ['-0', () => -0],
  ['big integers', () => 10n ** 30n],
  ['undefined properties', () => ({ a: undefined })],
  ['empty slots filled', () => [undefined, null]],
])('%s that are equal', (_, make) => {
  test('are stored once', async () => {
    const chat = new Chat();
    const state = () => ({ custom: { padding, value: make() }, list: [{ padding, value: make() }] });
    await chat.chain([state(), state(), state()]);
    expect(await chat.entries()).toBe(2);
  });
});

class Point {
  constructor(readonly x: number) {}
}

describe.each<[string, unknown, unknown]>([
  ['0 and -0', 0, -0],
  ['typed arrays that differ in the last byte', bytes(1), bytes(2)],
  ['buffers that differ in the last byte', bytes(1).buffer, bytes(2).buffer],
  ['bytes of another type', new Uint8Array(4), new Int8Array(4)],
  ['bytes of another length', new Uint8Array(4), new Uint8Array(5)],
  ['a buffer and a view on one', new Uint8Array(4).buffer, new Uint8Array(4)],
  ['dates a millisecond apart', new Date(1), new Date(2)],
  ['a date and its number', new Date(1), 1],
  ['maps that differ in a value', new Map([['a', 1]]), new Map([['a', 2]])],
  ['maps that differ in a key', new Map([['a', 1]]), new Map([['b', 1]])],
  ['sets that differ', new Set([1]), new Set([2])],
  ['a set and a map', new Set([1]), new Map([[1, 1]])],
  ['an object and an array', {}, []],
  ['an empty object and an empty map', {}, new Map()],
  ['a property that is undefined and none', { a: undefined }, {}],
  ['null and undefined', null, undefined],
  ['a number and its text', 1, '1'],
  ['a number and a big integer', 1, 1n],
  ['errors', new Error('one'), new Error('two')],
  ['an error and an object like it', new Error('one'), {}],
  ['regular expressions', /a/, /b/],
  ['arrays with a hole and without', Array(2), [undefined, undefined]],
  ['arrays of different lengths', [1], [1, 2]],
  ['lone surrogates', '\ud800', '\ud801'],
])('%s', (_, one, other) => {
  test('are not taken for each other', async () => {
    const chat = new Chat();
    const state = (value: unknown) => ({ custom: { padding, value }, list: [{ padding, value }] });
    await chat.chain([state(one), state(other), state(one)]);
    await chat.expectWhole();
    expect((await chat.store.check()).entries).toBe(6);
  });
});

test('what contains itself is stored once', async () => {
  const chat = new Chat();
  const state = () => {
    const custom: Record<string, unknown> = { padding };
    return { custom: Object.assign(custom, { itself: custom }) };
  };
  await chat.chain([state(), state()]);
  expect(await chat.entries()).toBe(1);
});

test('instances of a class are stored once, as what they are cloned to', async () => {
  const chat = new Chat();
  const state = (x: number) => ({
    custom: { padding, value: new Point(x) },
    list: [{ padding, value: [new Point(x)] }],
  });
  const stored = (x: number) => structuredClone(state(x));
  await chat.save('a', undefined, stored(1));
  await save(chat.store, 'b', turn(1, { parentId: 'a', state: state(1) }));
  await chat.save('c', 'b', stored(1));
  await chat.save('d', 'c', stored(2));
  expect((await chat.store.check()).entries).toBe(4);
});

describe('what cannot be looked into is stored again, and reads right', () => {
  test('an error', async () => {
    const chat = new Chat();
    const state = () => ({ custom: { padding, value: new Error('same') } });
    await chat.chain([state(), state()]);
    expect(await chat.entries()).toBe(2);
  });
});

const url = (seed: string) => `data:image/png;base64,${seed}${'A'.repeat(100_000)}`;
const picture = (seed: number) => new Uint8Array(100_000).fill(seed).buffer;

describe.each<[string, (seed: number) => unknown]>([
  ['a data URL', (seed) => url(`${seed}`)],
  ['a buffer', (seed) => picture(seed)],
  ['a typed array', (seed) => new Uint8Array(picture(seed))],
])('%s of 100 kB', (_, make) => {
  const image = (text: string, seed = 1) => ({
    role: 'user',
    content: [{ text }, { media: { url: make(seed) } }, { text: 'after' }],
  });

  test('is stored once by all snapshots of a long chat', async () => {
    const chat = new Chat();
    const messages = conversation(20);
    await chat.chain(messages.map((_, n) => ({ messages: [image('look'), ...messages.slice(0, n)] })));
    const report = await chat.expectWhole();
    expect(report.entries).toBe(20 + 1);
    expect(report.bytes).toBeLessThan(100_000 * 1.3);
  });

  test('is stored once when the message around it is edited', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: [image('look'), said('answer')] });
    await chat.save('b', 'a', { messages: [image('look again'), said('answer')] });
    await chat.save('c', 'b', { messages: [image('look at last'), said('answer')] });
    const report = await chat.expectWhole();
    expect(report.entries).toBe(3 + 1 + 1);
    expect(report.bytes).toBeLessThan(100_000 * 1.1);
  });

  test('is stored once when several messages hold it', async () => {
    const chat = new Chat();
    const messages = [image('one'), image('two'), image('three')];
    await chat.save('a', undefined, { messages });
    await chat.save('b', 'a', { messages: [...messages, image('four')] });
    const report = await chat.expectWhole();
    expect(report.entries).toBe(4 + 1);
    expect(report.bytes).toBeLessThan(100_000 * 1.1);
  });

  test('is not taken for another', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: [image('look', 1)] });
    await chat.save('b', 'a', { messages: [image('look', 1), image('look', 2)] });
    await chat.save('c', 'b', { messages: [image('look', 2), image('look', 3)] });
    expect((await chat.expectWhole()).bytes).toBeGreaterThan(300_000);
  });

  test('may be the whole value, or in an object, not an array', async () => {
    const chat = new Chat();
    const state = () => ({ cover: make(1), custom: { deep: { cover: make(2) } } });
    await chat.chain([state(), state(), state()]);
    const report = await chat.expectWhole();
    expect(report.bytes).toBeLessThan(200_000 * 1.1);
  });

  test('that is in a value twice reads right', async () => {
    const chat = new Chat();
    const same = make(1);
    await chat.chain([{ custom: { one: same, two: same } }, { custom: { one: same, two: same, three: 3 } }]);
    await chat.expectWhole();
  });
});

test('a message with several images does not keep its neighbours from being read without it', async () => {
  const chat = new Chat();
  const image = (letter: string) => `data:image/png;base64,${letter.repeat(20_000)}`;
  const shown = { role: 'user', content: [{ image: image('A') }, { image: image('B') }] };
  await chat.save('a', undefined, { messages: [said('look'), shown] });
  await chat.save('b', 'a', { messages: [said('look')] });
  await chat.expectWhole();
});

import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { Chat, conversation, logKeys, said } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const image = (text: string, seed: string) => ({
  role: 'user',
  content: [{ text }, { media: { url: `data:image/png;base64,${seed}${'A'.repeat(50_000)}` } }],
});

/** `n0` ← … ← `n4` of two messages each, and from `n2` the branches `a` and `b`. */
async function tree(chat = new Chat()): Promise<Chat> {
  const messages = conversation(10);
  await chat.chain([2, 4, 6, 8, 10].map((length) => ({ messages: messages.slice(0, length) })));
  for (const branch of ['a', 'b']) {
    const states = [1, 2].map((n) => ({ messages: [...messages.slice(0, 6), ...conversation(n, branch)] }));
    await chat.chain(states, branch, 'n2');
  }
  expect(await chat.entries()).toBe(14);
  return chat;
}

describe('deleting', () => {
  test('a leaf frees what it alone reached', async () => {
    const chat = await tree();
    await chat.store.deleteSnapshot('a1');
    chat.forget('a1');
    expect(await chat.entries()).toBe(13);
    await chat.store.deleteSnapshot('n4');
    chat.forget('n4');
    expect(await chat.entries()).toBe(11);
  });

  test('a subtree frees what its snapshots alone reached', async () => {
    const chat = await tree();
    await chat.store.deleteSnapshot('n3', { subtree: true });
    chat.forget('n3', 'n4');
    expect(await chat.entries()).toBe(10);
    await chat.store.deleteSnapshot('n2', { subtree: true });
    chat.forget('n2', 'a0', 'a1', 'b0', 'b1');
    expect(await chat.entries()).toBe(4);
  });

  test('a session frees all of it, and nothing of another with the same messages', async () => {
    const chat = await tree();
    await chat.save('other', undefined, { messages: conversation(10) }, { sessionId: 'other' });
    await chat.store.deleteSession('s');
    chat.forgetSession('s');
    expect(await chat.entries()).toBe(10);
    await chat.store.deleteSession('other');
    chat.forgetSession('other');
    expect(await chat.entries()).toBe(0);
    expect(await logKeys(chat.name)).toEqual([]);
  });

  test('is followed by saves that share what remained', async () => {
    const chat = await tree();
    await chat.store.deleteSnapshot('n4');
    chat.forget('n4');
    await chat.save('n4', 'n3', { messages: [...conversation(8), said('another'), said('way')] });
    expect(await chat.entries()).toBe(14);
    await chat.store.deleteSnapshot('a1');
    chat.forget('a1');
    await chat.save('a2', 'a0', { messages: [...conversation(6), ...conversation(1, 'a'), said('third')] });
    expect(await chat.entries()).toBe(14);
  });

  test('in another tab is noticed by the one that remembers', async () => {
    const chat = await tree();
    const other = chat.open();
    await other.deleteSnapshot('n4');
    chat.forget('n4');
    await chat.save('n5', 'n3', { messages: [...conversation(8), said('mine')] }, { via: other });
    await chat.save('n6', 'n3', { messages: [...conversation(8), said('yours')] });
    await chat.save('n7', 'n5', { messages: [...conversation(8), said('mine'), said('too')] });
    expect(await chat.entries()).toBe(15);
  });

  test('the last snapshot that holds an image frees it, others do not', async () => {
    const chat = new Chat();
    const [one, two] = [image('one', 'x'), image('two', 'y')];
    await chat.save('a', undefined, { messages: [one] });
    await chat.save('b', 'a', { messages: [one, two] });
    await chat.save('c', 'a', { messages: [{ ...one, role: 'edited' }] });
    expect((await chat.expectWhole()).bytes).toBeGreaterThan(100_000);
    await chat.store.deleteSnapshot('b');
    chat.forget('b');
    const report = await chat.expectWhole();
    expect(report.entries).toBe(3);
    expect(report.bytes).toBeLessThan(60_000);
    await chat.store.deleteSnapshot('a', { subtree: true });
    chat.forget('a', 'c');
    expect(await chat.entries()).toBe(0);
    expect(await logKeys(chat.name)).toEqual([]);
  });
});

describe('maxPersistedChainLength', () => {
  test('frees what only pruned ancestors reached: a sliding window keeps nothing but itself', async () => {
    const chat = new Chat({ maxPersistedChainLength: 2 });
    const messages = conversation(40);
    for (let n = 0; n < 20; n++) {
      const state = { messages: messages.slice(Math.max(0, 2 * n - 4), 2 * n + 2) };
      await chat.save(`n${n}`, n > 0 ? `n${n - 1}` : undefined, state);
      if (n >= 2) chat.forget(`n${n - 2}`);
    }
    expect(await chat.entries()).toBe(8);
  });

  test('frees nothing of what the chain still shows', async () => {
    const chat = new Chat({ maxPersistedChainLength: 1 });
    for (let n = 0; n < 10; n++) {
      await chat.save(`n${n}`, n > 0 ? `n${n - 1}` : undefined, { messages: conversation(2 * n + 2) });
      if (n >= 1) chat.forget(`n${n - 1}`);
    }
    expect(await chat.entries()).toBe(20);
  });
});

describe('rewriting a snapshot', () => {
  test('frees what it no longer shows', async () => {
    const chat = await tree();
    await chat.save('n4', 'n3', { messages: [...conversation(8), said('rewritten')] });
    expect(await chat.entries()).toBe(13);
  });

  test('keeps what others show', async () => {
    const chat = await tree();
    await chat.save('n2', 'n1', { messages: [said('rewritten')] });
    expect(await chat.entries()).toBe(15);
    await chat.save('n2', 'n1', { messages: conversation(6) });
    await chat.expectWhole();
  });

  test('without its state frees it', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: conversation(4) });
    await chat.save('b', 'a', { messages: conversation(6) });
    await chat.store.saveSnapshot('b', ({ state: _, ...rest }: any) => rest);
    expect((await chat.store.check()).entries).toBe(4);
    expect((await chat.store.check()).problems).toEqual([]);
  });

  test('under another parent frees what came from the old one alone', async () => {
    const chat = await tree();
    await chat.save('b1', 'a1', { messages: [...conversation(6), ...conversation(2, 'a'), said('moved')] });
    await chat.expectWhole();
    await chat.store.deleteSnapshot('a0', { subtree: true });
    chat.forget('a0', 'a1', 'b1');
    expect(await chat.entries()).toBe(11);
  });

  test('of no session frees what it showed', async () => {
    const chat = new Chat();
    const alone = (messages: unknown[]) =>
      chat.store.saveSnapshot(
        'alone',
        () => ({ createdAt: '2026-01-01T00:00:00.000Z', state: { messages } }) as any,
      );
    await alone(conversation(4));
    await alone(conversation(2, 'other'));
    const report = await chat.store.check();
    expect(report.problems).toEqual([]);
    expect(report.entries).toBe(2);
  });
});

describe('a turn that is saved while it streams', () => {
  test('leaves nothing behind, and is one run of its log', async () => {
    const chat = new Chat();
    const history = conversation(10);
    await chat.save('a', undefined, { messages: history });
    for (let n = 1; n <= 20; n++) {
      await chat.save('b', 'a', {
        messages: [...history, said('question'), said('word '.repeat(n), 600 + n)],
      });
      expect(await chat.entries()).toBe(12);
    }
    const ends = (await logKeys(chat.name)).map(([log, end]) => ({ log, end }));
    expect(new Set(ends.map(({ log }) => log)).size).toBe(1);
    expect(Math.max(...ends.map(({ end }) => end))).toBe(12);
  });

  test('can be continued, and streamed again after that', async () => {
    const chat = new Chat();
    const history = conversation(4);
    await chat.save('a', undefined, { messages: history });
    for (const n of [1, 2, 3]) await chat.save('b', 'a', { messages: [...history, said('n'.repeat(n))] });
    await chat.save('c', 'b', { messages: [...history, said('nnn'), said('next')] });
    for (const n of [4, 5]) await chat.save('b', 'a', { messages: [...history, said('n'.repeat(n))] });
    expect(await chat.entries()).toBe(4 + 1 + 1 + 1);
  });

  test('with an image beside the words that grow stores it once', async () => {
    const chat = new Chat();
    const history = conversation(4);
    await chat.save('a', undefined, { messages: history });
    for (let n = 1; n <= 5; n++) {
      await chat.save('b', 'a', { messages: [...history, image('word '.repeat(n), 'x')] });
      const report = await chat.expectWhole();
      expect(report.entries).toBe(6);
      expect(report.bytes).toBeLessThan(60_000);
    }
  });

  test('with an image that came with a previous message of the turn stores it once', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: conversation(2) });
    for (let n = 1; n <= 5; n++) {
      const messages = [...conversation(2), image('look', 'x'), said('word '.repeat(n))];
      await chat.save('b', 'a', { messages });
      expect(await chat.entries()).toBe(5);
    }
  });

  test('with a large custom value that changes leaves nothing behind', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: conversation(2), custom: { text: 'x'.repeat(600) } });
    for (let n = 1; n <= 5; n++) {
      await chat.save('b', 'a', { messages: conversation(3), custom: { text: 'y'.repeat(600 + n) } });
      expect(await chat.entries()).toBe(3 + 2);
    }
  });

  test('in two branches at once leaves nothing behind', async () => {
    const chat = new Chat();
    const history = conversation(4);
    await chat.save('root', undefined, { messages: history });
    for (let n = 1; n <= 6; n++) {
      for (const branch of ['a', 'b']) {
        await chat.save(branch, 'root', { messages: [...history, said(`${branch} ${'word '.repeat(n)}`)] });
      }
      expect(await chat.entries()).toBe(6);
    }
  });

  test('in two tabs in turn leaves nothing behind', async () => {
    const chat = new Chat();
    const history = conversation(4);
    await chat.save('root', undefined, { messages: history });
    const tabs = [chat.store, chat.open()];
    for (let n = 1; n <= 6; n++) {
      const state = { messages: [...history, said('question'), said('word '.repeat(n))] };
      await chat.save('a', 'root', state, { via: tabs[n % 2]! });
      expect(await chat.entries()).toBe(6);
    }
  });

  test('that loses its middle and gains an end leaves nothing behind', async () => {
    const chat = new Chat();
    await chat.save('a', undefined, { messages: conversation(2) });
    const own = conversation(5, 'own');
    for (const kept of [
      own,
      own.slice(2),
      [own[0]!, own[4]!],
      [own[4]!, said('new'), own[0]!],
      own.slice(0, 1),
    ]) {
      await chat.save('b', 'a', { messages: [...conversation(2), ...kept] });
      expect(await chat.entries()).toBe(2 + kept.length);
    }
  });
});

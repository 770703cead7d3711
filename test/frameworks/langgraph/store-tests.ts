import {
  AsyncBatchedStore,
  type BaseStore,
  InMemoryStore,
  InvalidNamespaceError,
  type Operation,
} from '@langchain/langgraph-checkpoint';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph/web';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OffshootSaver, OffshootStore } from '../../../src/adapters/langgraph/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';

const keysOf = (items: { key: string }[]) => items.map(({ key }) => key);

/** Puts one item into each namespace. */
async function fill(store: BaseStore, ...namespaces: string[]): Promise<void> {
  for (const [index, path] of namespaces.entries()) {
    await store.put(path.split('/'), `id-${index}`, { at: index });
  }
}

const listed = async (store: BaseStore, options: Parameters<BaseStore['listNamespaces']>[0]) =>
  (await store.listNamespaces(options)).map((namespace) => namespace.join('/'));

const STORES: [string, () => BaseStore][] = [
  ['InMemoryStore', () => new InMemoryStore()],
  ['OffshootStore', () => new OffshootStore(openStore())],
  ['OffshootStore, frozen', () => new OffshootStore(openStore({ frozen: true }))],
];

/** What LangGraph's own store does, ours does. */
function testLikeTheirs(make: () => BaseStore): void {
  test('an item that was put is there, with its dates, until it is deleted', async () => {
    const store = make();
    expect(await store.get(['users', '1'], 'likes')).toBeNull();
    await store.put(['users', '1'], 'likes', { tea: true });
    const item = (await store.get(['users', '1'], 'likes'))!;
    expect(item).toMatchObject({ namespace: ['users', '1'], key: 'likes', value: { tea: true } });
    expect(item.createdAt).toBeInstanceOf(Date);

    await store.put(['users', '1'], 'likes', { tea: false });
    const later = (await store.get(['users', '1'], 'likes'))!;
    expect(later.value).toEqual({ tea: false });
    expect(later.createdAt).toEqual(item.createdAt);
    expect(later.updatedAt.getTime()).toBeGreaterThanOrEqual(later.createdAt.getTime());
    await store.delete(['users', '1'], 'likes');
    await store.delete(['users', '1'], 'likes');
    expect(await store.get(['users', '1'], 'likes')).toBeNull();
    expect(await store.search(['users'])).toEqual([]);
  });

  test('keys are told apart by their namespace, and may be anything', async () => {
    const store = make();
    const keys = ['', ' ', 'a:b', '["a"]', '🦊', '__proto__', 'a/b.c'];
    for (const key of keys) await store.put(['a'], key, { key });
    await store.put(['b'], '', { key: 'of b' });
    for (const key of keys) expect((await store.get(['a'], key))!.value).toEqual({ key });
    expect((await store.get(['b'], ''))!.value).toEqual({ key: 'of b' });
    expect(keysOf(await store.search(['a'], { limit: 50 }))).toEqual(keys);
  });

  test('a search has all below a prefix of labels, in the order in which it was put, ten by default', async () => {
    const store = make();
    for (let index = 0; index < 12; index++) await store.put(['docs', 'a'], `${index}`, { index });
    await store.put(['docs'], 'top', {});
    await store.put(['docs2'], 'other', {});
    expect(keysOf(await store.search(['docs', 'a']))).toEqual(Array.from('0123456789'));
    expect(keysOf(await store.search(['docs', 'a'], { offset: 10 }))).toEqual(['10', '11']);
    expect(keysOf(await store.search(['docs'], { limit: 50 }))).toHaveLength(13);
    expect(keysOf(await store.search([], { limit: 50 }))).toHaveLength(14);
    expect(await store.search(['doc'])).toEqual([]);
    expect(await store.search(['docs'], { offset: 99 })).toEqual([]);
    expect(await store.search(['docs'], { limit: 0 })).toEqual([]);
  });

  test('a filter compares fields, by value or by operators, all of which must agree', async () => {
    const store = make();
    const rows = { a: { n: 1, s: 'x' }, b: { n: 2, s: 'x' }, c: { n: 3, s: 'y' }, d: { s: 'x' } };
    for (const [key, value] of Object.entries(rows)) await store.put(['f'], key, value);
    const found = async (filter: Record<string, unknown>) =>
      keysOf(await store.search(['f'], { filter })).join('');
    expect(await found({})).toBe('abcd');
    expect(await found({ s: 'x' })).toBe('abd');
    expect(await found({ s: 'x', n: 2 })).toBe('b');
    expect(await found({ n: { $eq: 2 } })).toBe('b');
    expect(await found({ n: { $ne: 2 } })).toBe('acd');
    expect(await found({ n: { $gt: 1, $lte: 3 } })).toBe('bc');
    expect(await found({ n: { $gte: 2 }, s: 'x' })).toBe('b');
    expect(await found({ n: { $lt: 2 } })).toBe('a');
    expect(await found({ s: { $in: ['y', 'z'] } })).toBe('c');
    expect(await found({ s: { $nin: ['y'] } })).toBe('abd');
    expect(await found({ missing: 1 })).toBe('');
    expect(await found({ n: { $like: 2 } })).toBe('');
    expect(keysOf(await store.search(['f'], { filter: { s: 'x' }, limit: 1, offset: 1 }))).toEqual(['b']);
  });

  test('namespaces are listed by prefix, suffix, wildcard and depth, sorted, in pages', async () => {
    const store = make();
    expect(await store.listNamespaces()).toEqual([]);
    await fill(store, 'b/a/f', 'a/b/c', 'a/b/d/i', 'a/b/d/e', 'a/c/f', 'a/b/f', 'users/7/settings');
    expect(await listed(store, { prefix: ['a', 'b'] })).toEqual(['a/b/c', 'a/b/d/e', 'a/b/d/i', 'a/b/f']);
    expect(await listed(store, { suffix: ['f'] })).toEqual(['a/b/f', 'a/c/f', 'b/a/f']);
    expect(await listed(store, { prefix: ['a'], suffix: ['f'] })).toEqual(['a/b/f', 'a/c/f']);
    expect(await listed(store, { prefix: ['*', 'b'], maxDepth: 3 })).toEqual(['a/b/c', 'a/b/d', 'a/b/f']);
    expect(await listed(store, { suffix: ['*', 'settings'] })).toEqual(['users/7/settings']);
    expect(await listed(store, { maxDepth: 1 })).toEqual(['a', 'b', 'users']);
    expect(await listed(store, { maxDepth: 1, limit: 1, offset: 1 })).toEqual(['b']);
    expect(await listed(store, { prefix: ['a', 'b', 'c', 'd'] })).toEqual([]);
  });

  test('a batch has a result for each operation; its reads see what was before it', async () => {
    const store = make();
    await store.put(['n'], 'old', { v: 1 });
    const operations: Operation[] = [
      { namespace: ['n'], key: 'old', value: { v: 2 } },
      { namespace: ['n'], key: 'old' },
      { namespacePrefix: ['n'] },
      { namespace: ['m'], key: 'new', value: { v: 1 } },
      { namespace: ['m'], key: 'new', value: { v: 3 } },
      { namespace: ['m'], key: 'gone', value: { v: 3 } },
      { namespace: ['m'], key: 'gone', value: null },
      { matchConditions: [{ matchType: 'prefix', path: ['*'] }], limit: 5, offset: 0 },
    ];
    const results = (await store.batch(operations)) as unknown[];
    expect(results).toHaveLength(operations.length);
    expect(results[1]).toMatchObject({ key: 'old' });
    expect(results[2]).toMatchObject([{ key: 'old' }]);
    expect(results[7]).toEqual([['n']]);
    expect((await store.get(['n'], 'old'))!.value).toEqual({ v: 2 });
    expect((await store.get(['m'], 'new'))!.value).toEqual({ v: 3 });
    expect(await store.get(['m'], 'gone')).toBeNull();
  });

  test('namespaces that are none are refused', async () => {
    const store = make();
    const refused = (work: () => Promise<unknown>) => expect(work()).rejects.toThrow(InvalidNamespaceError);
    const labels = [[], ['a', ''], ['a.b'], ['a:b'], ['a\0'], ['langgraph', 'x'], ['a', 5 as never]];
    for (const namespace of labels) await refused(() => store.put(namespace, 'k', {}));
    await refused(() => store.get(['a.b'], 'k'));
    await refused(() => store.get([], 'k'));
    await refused(() => store.search(['a', '']));
    await refused(() => store.batch([{ namespace: ['a:b'], key: 'k', value: {} }]));
    await refused(() => store.listNamespaces({ prefix: ['a.b'] }));
    await store.batch([{ namespace: ['langgraph', 'x'], key: 'k', value: { v: 1 } }]);
    expect((await store.get(['langgraph', 'x'], 'k'))!.value).toEqual({ v: 1 });
  });

  test('the framework batches calls to it', async () => {
    const inner = make();
    const store = new AsyncBatchedStore(inner);
    store.start();
    await Promise.all([store.put(['a'], '1', { v: 1 }), store.put(['a'], '2', { v: 2 })]);
    const [one, all] = await Promise.all([store.get(['a'], '1'), store.search(['a'])]);
    expect(one!.value).toEqual({ v: 1 });
    expect(keysOf(all)).toEqual(['1', '2']);
    await store.stop();
  });
}

const label = fc.constantFrom('a', 'b', 'c', '*', '日本');
const operation = fc.oneof(
  fc.record({
    namespace: fc.array(label, { minLength: 1, maxLength: 3 }),
    key: fc.constantFrom('k', 'l', '__proto__'),
    value: fc.option(fc.record({ n: fc.integer({ min: 0, max: 3 }) })),
  }),
  fc.record({
    namespacePrefix: fc.array(label, { maxLength: 2 }),
    filter: fc.option(fc.record({ n: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant({ $gt: 1 })) }), {
      nil: {},
    }),
    limit: fc.constant(99),
  }),
);

/** The store by itself, on whatever IndexedDB there is. */
export function testStore(): void {
  describe.each(STORES)('%s', (_, make) => testLikeTheirs(make));

  test('random operations find what they find in LangGraph’s own store', async () => {
    const named = (items: unknown) =>
      (items as { namespace: string[]; key: string; value: unknown }[])
        .map(({ namespace, key, value }) => JSON.stringify([namespace, key, value]))
        .sort();
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        const [theirs, ours] = [new InMemoryStore(), new OffshootStore(openStore())];
        for (const one of operations) {
          const [expected, found] = [await theirs.batch([one]), await ours.batch([one])];
          if ('namespacePrefix' in one) expect(named(found[0])).toEqual(named(expected[0]));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('what one tab puts another has, after a reload too, and no value changes afterwards', async () => {
    const name = freshName();
    const [a, b] = [new OffshootStore(openStore({ name })), new OffshootStore(openStore({ name }))];
    const value = { likes: ['tea'] };
    const putting = a.put(['users', '1'], 'taste', value);
    value.likes.push('changed after the call');
    await putting;
    const item = (await b.get(['users', '1'], 'taste'))!;
    expect(item.value).toEqual({ likes: ['tea'] });
    item.value['likes'].push('changed after it was read');
    expect((await a.get(['users', '1'], 'taste'))!.value).toEqual({ likes: ['tea'] });

    await Promise.all([
      a.put(['users', '1'], 'taste', { by: 'a' }),
      b.put(['users', '1'], 'mood', { by: 'b' }),
    ]);
    expect(keysOf(await new OffshootStore(openStore({ name })).search(['users']))).toEqual(['taste', 'mood']);
  });

  test('memory beside threads in one database leaves them alone, and is left alone', async () => {
    const store = openStore();
    const [memory, saver] = [new OffshootStore(store), new OffshootSaver(store)];
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async ({ messages }, { store: kept, configurable }) => {
        const user = ['users', configurable!['user_id'] as string];
        const said = (await kept!.search(user)).map(({ value }) => value['said'] as string);
        await kept!.put(user, `${said.length}`, { said: messages.at(-1)!.text });
        return { messages: [{ role: 'ai', content: said.join(', ') || 'nothing' }] };
      })
      .addEdge(START, 'model')
      .compile({ checkpointer: saver, store: memory });
    const say = async (thread_id: string, user_id: string, text: string) => {
      const config = { configurable: { thread_id, user_id } };
      return (await graph.invoke({ messages: [{ role: 'user', content: text }] }, config)).messages.at(-1)!
        .text;
    };
    expect(await say('trip', 'ada', 'I like tea')).toBe('nothing');
    expect(await say('work', 'ada', 'and biscuits')).toBe('I like tea');
    expect(await say('home', 'bob', 'hello')).toBe('nothing');
    expect(await memory.listNamespaces()).toEqual([
      ['users', 'ada'],
      ['users', 'bob'],
    ]);

    const threads = new Set<unknown>();
    for await (const { config } of saver.list({})) threads.add(config.configurable!['thread_id']);
    expect(threads).toEqual(new Set(['trip', 'work', 'home']));
    await saver.deleteThread('trip');
    expect(keysOf(await memory.search(['users', 'ada']))).toEqual(['0', '1']);
  });

  test('what cannot be kept or asked is refused, and says where', async () => {
    const store = new OffshootStore(openStore());
    const refused = (work: () => unknown, path: string) => expectRefusal(work, 'INVALID_ARGUMENT', path);
    await refused(() => store.put(['a'], 'k', { onClick: () => {} }), 'memory.value.onClick');
    await refused(() => store.put(['a'], 'k', 'text' as never), 'operations.0.value');
    await refused(() => store.put(['a'], 5 as never, {}), 'operations.0.key');
    await refused(() => store.search(['a'], { limit: -1 }), 'operations.0.limit');
    await refused(() => store.search(['a'], { offset: 0.5 }), 'operations.0.offset');
    await refused(() => store.listNamespaces({ maxDepth: NaN }), 'operations.0.maxDepth');
    await refused(() => store.batch([{} as never]), 'operations.0');
    await refused(() => store.batch('no' as never), 'operations');
    await refused(() => store.batch([{ namespace: undefined as never, key: 'k' }]), 'operations.0.namespace');
    expect(() => new OffshootStore({} as never)).toThrow('store');
    expect(await store.search([])).toEqual([]);
  });
}

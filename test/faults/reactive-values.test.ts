import { readonly, reactive, ref, shallowReactive } from '@vue/reactivity';
import { IDBFactory } from 'fake-indexeddb';
import { createDraft, enableMapSet, finishDraft, produce } from 'immer';
import { makeAutoObservable, observable } from 'mobx';
import { proxy } from 'valtio/vanilla';
import { proxyMap, proxySet } from 'valtio/vanilla/utils';
import { beforeEach, describe, expect, it } from 'vitest';
import { turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

enableMapSet();

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Saves it, and reads it back with a store that has never seen it. */
async function stored(custom: unknown): Promise<any> {
  const name = freshName();
  const saving = openStore({ name });
  await saving.saveSnapshot('a', () => turn(1, { state: { messages: [], custom } }));
  await saving.close();
  return (await openStore({ name }).getSnapshot({ snapshotId: 'a' }))?.state?.custom;
}

class Cart {
  items = [{ id: 1 }];
  tags = new Map([['a', { n: 1 }]]);
  constructor() {
    makeAutoObservable(this);
  }
  get count() {
    return this.items.length;
  }
}

const plain = () => ({
  list: [{ id: 1 }, { id: 2, deep: [[1], { at: new Date(7) }] }],
  map: new Map<unknown, unknown>([['k', { v: 1 }]]),
  set: new Set<unknown>([{ s: 1 }]),
});

describe('proxies are stored as what they stand for', () => {
  it.each<[string, () => unknown]>([
    ['Vue, reactive', () => reactive(plain())],
    ['Vue, shallowReactive', () => shallowReactive(plain())],
    ['Vue, readonly', () => readonly(reactive(plain()))],
    ['Vue, ref', () => ref(plain()).value],
    ['Vue, inside of plain values', () => ({ ...plain(), list: reactive(plain().list) })],
    ['MobX', () => observable(plain())],
    [
      'MobX, arrays and collections alone',
      () => ({
        list: observable(plain().list),
        map: observable.map([['k', { v: 1 }]]),
        set: observable.set([{ s: 1 }]),
      }),
    ],
    ['Immer, an open draft', () => createDraft(plain())],
    ['Immer, finished', () => finishDraft(createDraft(plain()))],
    ['Immer, produced', () => produce(plain(), (draft) => void draft.list.length)],
  ])('%s', async (_, make) => {
    expect(await stored(make())).toEqual(plain());
  });

  it('Valtio', async () => {
    expect(await stored(proxy({ list: [{ id: 1 }], at: { n: 1 } }))).toEqual({
      list: [{ id: 1 }],
      at: { n: 1 },
    });
  });

  it('collections of Valtio', async () => {
    const map = proxyMap<string, unknown>([
      ['gone', 1],
      ['a', { n: 1 }],
    ]);
    map.delete('gone');
    map.set('b', proxySet([1, 2]));
    const wanted = new Map<string, unknown>([
      ['a', { n: 1 }],
      ['b', new Set([1, 2])],
    ]);
    expect(await stored({ map, inside: proxy({ map }) })).toEqual({ map: wanted, inside: { map: wanted } });
    expect(await stored([{ map }, 'x'.repeat(1_000)])).toEqual([{ map: wanted }, 'x'.repeat(1_000)]);
  });

  it('an observable class', async () => {
    expect(await stored({ cart: new Cart() })).toEqual({
      cart: { items: [{ id: 1 }], tags: new Map([['a', { n: 1 }]]) },
    });
  });

  it('what an open draft has by then, not what it began with', async () => {
    const draft = createDraft(plain());
    draft.map.set('new', { v: 2 });
    draft.set.clear();
    draft.list.push({ id: 3 });
    // The map is in a map of the caller's own, where structured clone would find it empty.
    expect(await stored(new Map([['draft', draft]]))).toEqual(
      new Map([
        [
          'draft',
          {
            ...plain(),
            list: [...plain().list, { id: 3 }],
            map: new Map([
              ['k', { v: 1 }],
              ['new', { v: 2 }],
            ]),
            set: new Set(),
          },
        ],
      ]),
    );
  });

  it.each<[string, (value: { list: { id: number }[] }) => { list: { id: number }[] }]>([
    ['Vue', (value) => reactive(value)],
    ['MobX', (value) => observable(value)],
    ['Valtio', (value) => proxy(value)],
    ['Immer', (value) => createDraft(value)],
  ])('%s: what comes twice is one object, and a circle stays one', async (library, wrap) => {
    const value = wrap({ list: [{ id: 1 }] });
    const twice = await stored({ list: value.list, selected: value.list[0], also: new Set([value.list[0]]) });
    expect(twice.list[0]).toEqual({ id: 1 });
    expect(twice.selected).toBe(twice.list[0]);
    expect([...twice.also][0]).toBe(twice.list[0]);
    if (library === 'Immer') return;
    const circle = wrap({ list: [] }) as any;
    circle.self = circle;
    circle.map = new Map([['self', circle]]);
    const back = await stored({ circle, map: library === 'Valtio' ? undefined : circle.map });
    expect(back.circle.self).toBe(back.circle);
    if (back.map) expect(back.map.get('self')).toBe(back.circle);
  });

  it('an array of messages, saved and saved again, shares what it has', async () => {
    const store = openStore();
    const messages = reactive([{ role: 'user' as const, content: [{ text: 'one' }] }]);
    await store.saveSnapshot('a', () => turn(1, { state: { messages } }));
    messages[0]!.content[0]!.text = 'changed since';
    messages.push({ role: 'user', content: [{ text: 'two' }] });
    expect((await store.getSnapshot({ snapshotId: 'a' }))?.state?.messages).toEqual([
      { role: 'user', content: [{ text: 'one' }] },
    ]);
    await store.saveSnapshot('b', () => turn(2, { parentId: 'a', state: { messages } }));
    expect((await store.getSnapshot({ snapshotId: 'b' }))?.state?.messages).toEqual([
      { role: 'user', content: [{ text: 'changed since' }] },
      { role: 'user', content: [{ text: 'two' }] },
    ]);
  });
});

describe('a proxy that stands for nothing is refused, with its path', () => {
  const revoked = () => {
    const draft = createDraft(plain());
    const parts = { draft, map: draft.map };
    finishDraft(draft);
    return parts;
  };
  it.each<[string, () => unknown, string]>([
    ['a draft that is finished', () => ({ a: [revoked().draft] }), 'state.custom.a.0'],
    ['the map of a draft that is finished', () => ({ a: revoked().map }), 'state.custom.a'],
    ['a proxied Map', () => ({ m: new Proxy(new Map([[1, 2]]), {}) }), 'state.custom.m'],
    ['a proxied Date', () => ({ at: new Proxy(new Date(), {}) }), 'state.custom.at'],
    ['a proxied buffer', () => ({ b: new Proxy(new ArrayBuffer(8), {}) }), 'state.custom.b'],
    ['a proxied view', () => ({ b: new Proxy(new Uint8Array(8), {}) }), 'state.custom.b'],
    ['a proxied promise', () => ({ b: new Proxy(Promise.resolve(), {}) }), 'state.custom.b'],
    ['a proxied Error', () => ({ b: new Proxy(new Error('x'), {}) }), 'state.custom.b'],
    ['a function of a store', () => proxy({ deep: { list: [1], change() {} } }), 'state.custom.deep.change'],
  ])('%s', async (_, make, path) => {
    await expectRefusal(() => stored(make()), 'INVALID_ARGUMENT', path);
  });
});

import fc from 'fast-check';
import { produce } from 'immer';
import { expect, test } from 'vitest';
import { save as saveAs, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';

type Message = Record<string, unknown>;

function freezeAll<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freezeAll(part);
    Object.freeze(value);
  }
  return value;
}

const message = (text: string): Message => ({
  role: 'user',
  content: [{ text }],
  metadata: { seen: [1, 2] },
});

/** The message, and how often anything of it has been asked for. */
function counted(value: Message): { message: Message; asked: () => number } {
  let asked = 0;
  const wrap = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, key) => (asked++, Reflect.get(target, key)),
      ownKeys: (target) => (asked++, Reflect.ownKeys(target)),
      getOwnPropertyDescriptor: (target, key) => (asked++, Reflect.getOwnPropertyDescriptor(target, key)),
    });
  const content = wrap(freezeAll(value['content'] as object));
  return { message: wrap(Object.freeze({ ...value, content })), asked: () => asked };
}

/** So many messages around it that how large they all are need not be looked at. */
const among = (value: Message, ...more: Message[]): never =>
  [...Array.from({ length: 100 }, (_, index) => message(`${index}`)), value, ...more] as never;

interface Saved {
  snapshotId: string;
  parentId?: string;
  state: object;
}

const save = (store: ReturnType<typeof openStore>, { snapshotId, ...fields }: Saved) =>
  saveAs(store, snapshotId, turn(0, fields));

const textOf = async (store: ReturnType<typeof openStore>, snapshotId: string) =>
  (await store.getSnapshot({ snapshotId }))!.state!.messages as unknown[];

test('a message that is frozen all the way down is not looked into again', async () => {
  const store = openStore();
  const { message: first, asked } = counted(freezeAll(message('first')));
  await save(store, { snapshotId: '1', state: { messages: among(first) } });
  const before = asked();
  expect(before).toBeGreaterThan(0);
  await save(store, { snapshotId: '2', parentId: '1', state: { messages: among(first, message('next')) } });
  expect(asked()).toBe(before);
  expect(await textOf(store, '2')).toEqual(among(message('first'), message('next')));
});

test('one that another tab has stored is compared once', async () => {
  const name = freshName();
  const { message: first, asked } = counted(freezeAll(message('first')));
  const state = { messages: among(message('first')) };
  await save(openStore({ name }), { snapshotId: '1', state });
  const store = openStore({ name });
  await store.getSnapshot({ snapshotId: '1' });
  await save(store, { snapshotId: '2', parentId: '1', state: { messages: among(first) } });
  const before = asked();
  expect(before).toBeGreaterThan(0);
  await save(store, { snapshotId: '3', parentId: '2', state: { messages: among(first) } });
  expect(asked()).toBe(before);
});

const inner = () => ({ part: 'x'.repeat(600) });
const shallow: Record<string, () => { value: object; change: () => void; as: unknown }> = {
  'an object inside that is not frozen': () => {
    const part = inner();
    return {
      value: Object.freeze({ part }),
      change: () => (part.part = 'changed'),
      as: { part: { part: 'changed' } },
    };
  },
  'a getter': () => {
    let text = 'x'.repeat(600);
    const value = Object.freeze({
      get text() {
        return text;
      },
    });
    return { value, change: () => (text = 'changed'), as: { text: 'changed' } };
  },
  'a date': () => {
    const date = Object.freeze(new Date(0));
    const value = Object.freeze({ date, text: 'x'.repeat(600) });
    return { value, change: () => date.setTime(1), as: { date: new Date(1), text: 'x'.repeat(600) } };
  },
  'a map': () => {
    const map = Object.freeze(new Map([['a', 1]]));
    const value = Object.freeze({ map, text: 'x'.repeat(600) });
    return {
      value,
      change: () => map.set('b', 2),
      as: {
        map: new Map([
          ['a', 1],
          ['b', 2],
        ]),
        text: 'x'.repeat(600),
      },
    };
  },
  bytes: () => {
    const bytes = new Uint8Array(600);
    return {
      value: Object.freeze({ bytes }),
      change: () => (bytes[0] = 1),
      as: { bytes: Uint8Array.from({ length: 600 }, (_, i) => (i ? 0 : 1)) },
    };
  },
  'an instance with a private field': () => {
    class Private {
      #text = 'x'.repeat(600);
      readonly own = 'own'.repeat(300);
      constructor() {
        Object.defineProperty(this, 'text', { enumerable: true, get: () => this.#text });
        Object.freeze(this);
      }
      change() {
        this.#text = 'changed';
      }
    }
    const value = new Private();
    return { value, change: () => value.change(), as: { own: 'own'.repeat(300), text: 'changed' } };
  },
};

test.each(Object.entries(shallow))('frozen, but %s: what has changed is stored', async (_, make) => {
  const store = openStore();
  const { value, change, as } = make();
  await save(store, { snapshotId: '1', state: { messages: [value] as never } });
  await save(store, { snapshotId: '2', parentId: '1', state: { messages: [value] as never } });
  change();
  await save(store, { snapshotId: '3', parentId: '2', state: { messages: [value] as never } });
  expect(await textOf(store, '3')).toEqual([as]);
});

test('an object that does not say whether it is frozen is compared', async () => {
  const store = openStore();
  const target = { text: 'x'.repeat(600) };
  const value = new Proxy(target, {
    isExtensible: () => {
      throw new Error('not told');
    },
  });
  await save(store, { snapshotId: '1', state: { messages: [value] as never } });
  target.text = 'changed';
  await save(store, { snapshotId: '2', parentId: '1', state: { messages: [value] as never } });
  expect(await textOf(store, '1')).toEqual([{ text: 'x'.repeat(600) }]);
  expect(await textOf(store, '2')).toEqual([{ text: 'changed' }]);
});

test('whatever is frozen, and however deep: what is read is what was saved', async () => {
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node')),
    ),
  })).node;
  await fc.assert(
    fc.asyncProperty(
      fc.array(tree, { maxLength: 5 }),
      fc.array(fc.nat(1000), { minLength: 4, maxLength: 12 }),
      async (values, choices) => {
        const store = openStore({ frozen: choices[0]! % 2 === 0 });
        const messages = values.map((value) => ({ value, filler: 'x'.repeat(200) }));
        const parts: any[] = [];
        const gather = (part: unknown): void => {
          if (typeof part !== 'object' || part === null) return;
          parts.push(part);
          Object.values(part).forEach(gather);
        };
        gather(messages);
        let parentId: string | undefined;
        for (const [index, choice] of choices.entries()) {
          const part = parts[choice % (parts.length || 1)];
          if (part && choice % 3 === 0) Object.freeze(part);
          else if (part && choice % 3 === 1) freezeAll(part);
          else if (part && !Object.isFrozen(part)) part[Array.isArray(part) ? part.length : 'added'] = index;
          const saved = structuredClone(messages);
          const snapshotId = String(index);
          await save(store, {
            snapshotId,
            ...(parentId && { parentId }),
            state: { messages: messages as never },
          });
          parentId = snapshotId;
          expect(await textOf(store, snapshotId)).toEqual(saved);
        }
        await store.close();
      },
    ),
    { numRuns: 100 },
  );
});

test('a chat that Immer keeps', async () => {
  const store = openStore();
  let state: { messages: Message[] } = { messages: [] };
  for (let index = 0; index < 20; index++) {
    state = produce(state, (draft) => {
      if (index % 5 === 4) draft.messages[index - 2]!['content'] = [{ text: 'edited' }];
      draft.messages.push(message(`${index}`.repeat(200)));
    });
    await save(store, {
      snapshotId: `${index}`,
      ...(index && { parentId: `${index - 1}` }),
      state,
    });
    expect(await textOf(store, `${index}`)).toEqual(state.messages);
  }
  expect((await store.check()).problems).toEqual([]);
});

test('frozen: true: reads share their objects, nobody can change them, and they are not compared again', async () => {
  const store = openStore({ frozen: true });
  const heard: any[] = [];
  await save(store, {
    snapshotId: '1',
    state: { messages: [message('a'.repeat(600))] as never, custom: { a: [1] } },
  });
  store.onSnapshotStateChange('1', (snapshot) => heard.push(snapshot));
  const read = async () => (await store.getSnapshot({ snapshotId: '1' }))!;
  const [one, two] = [await read(), await read()];
  expect(one.state!.messages![0]).toBe(two.state!.messages![0]);
  await expect.poll(() => heard.length).toBe(1);
  expect(heard[0].state.messages[0]).toBe(one.state!.messages![0]);
  for (const change of [
    (snapshot: any) => (snapshot.status = 'failed'),
    (snapshot: any) => (snapshot.state.custom = 1),
    (snapshot: any) => (snapshot.state.custom.a[0] = 2),
    (snapshot: any) => snapshot.state.messages.push(1),
    (snapshot: any) => (snapshot.state.messages[0].content[0].text = 'changed'),
  ]) {
    expect(() => change(one)).toThrow(TypeError);
  }
  let current: any;
  await store.saveSnapshot('1', (before) => ((current = before), { ...before!, status: 'completed' }));
  expect(current.state.messages[0]).toBe(one.state!.messages![0]);
  expect((await read()).state).toEqual(one.state);
});

test('frozen: true: what cannot be frozen is a copy of its own', async () => {
  const store = openStore({ frozen: true });
  const odd = () => ({
    date: new Date(0),
    map: new Map([['a', [1]]]),
    bytes: Uint8Array.of(1),
    text: 'x'.repeat(600),
  });
  await save(store, {
    snapshotId: '1',
    state: { messages: [odd()] as never, custom: Uint8Array.of(1, 2) as never },
  });
  const first: any = (await store.getSnapshot({ snapshotId: '1' }))!.state;
  first.messages[0].date.setTime(1);
  first.messages[0].map.get('a').push(2);
  first.messages[0].bytes[0] = 2;
  first.custom[0] = 9;
  const { messages, custom }: any = (await store.getSnapshot({ snapshotId: '1' }))!.state;
  expect(messages).toEqual([odd()]);
  expect(custom).toEqual(Uint8Array.of(1, 2));
});

test('frozen: true: objects that occur twice do so in what is read', async () => {
  const store = openStore({ frozen: true });
  const shared = { text: 'x'.repeat(600) };
  await save(store, { snapshotId: '1', state: { messages: [{ a: shared, b: shared }] as never } });
  const [read] = (await textOf(store, '1')) as any[];
  expect(read.a).toBe(read.b);
  expect(Object.isFrozen(read.a)).toBe(true);
});

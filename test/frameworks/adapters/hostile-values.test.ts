import { emptyCheckpoint } from '@langchain/langgraph-checkpoint';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { OffshootSessionStore } from '../../../src/adapters/agentick/index.js';
import { openChat } from '../../../src/adapters/ai-sdk/index.js';
import { openThreadHistory, openThreadList } from '../../../src/adapters/assistant-ui/index.js';
import { SessionStoreError } from '../../../src/index.js';
import { OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { OffshootSession } from '../../../src/adapters/openai-agents/index.js';
import { OffshootSnapshotStorage } from '../../../src/adapters/strands/index.js';
import { openChatPersistence } from '../../../src/adapters/tanstack-ai/index.js';
import { openStore } from '../../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const thrown = new TypeError('of the caller');
const fails = (): never => {
  throw thrown;
};

function revoked(target: object): any {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

class Strange {
  get inside() {
    return fails();
  }
}
Object.defineProperty(Strange.prototype, 'own', { get: fails });

/** Each anew, since some can be looked at once only. */
const HOSTILE: [string, () => any][] = [
  ['a revoked proxy', () => revoked({})],
  ['a revoked proxy of an array', () => revoked([])],
  ['a getter that throws', () => Object.defineProperty({}, 'x', { get: fails, enumerable: true })],
  [
    'traps that throw',
    () => new Proxy({}, { get: fails, has: fails, ownKeys: fails, getPrototypeOf: fails }),
  ],
  [
    'an instance with a getter that throws',
    () =>
      Object.assign(new Strange(), { f: Object.defineProperty({}, 'x', { get: fails, enumerable: true }) }),
  ],
  [
    'a constructor that throws',
    () => Object.defineProperty({}, 'constructor', { get: fails, enumerable: true }),
  ],
  ['toJSON that throws', () => ({ toJSON: fails, toString: fails, [Symbol.toPrimitive]: fails })],
  ['a symbol', () => Symbol('odd')],
  ['a function', () => () => undefined],
  ['nothing that ends', () => Array.from({ length: 20_000 }).reduce((inner) => [inner], [])],
];

/** Who hands a value over, at how many places, and what of it. */
type Way = (value: any) => Promise<unknown>;

const user = { id: '1', role: 'user', parts: [{ type: 'text', text: 'Hi' }] };
const answer = (part: unknown) => ({ id: '2', role: 'assistant', parts: [part] });

const WAYS: Record<string, () => Promise<Way[]>> = {
  async 'TanStack AI'() {
    const chat = openChatPersistence(openStore());
    const said = { type: 'text', content: 'Hello' };
    await chat.setItem('s', { messages: [user, answer(said)] } as never);
    const set = (state: object) => chat.setItem('s', state as never);
    return [
      (resume) => set({ messages: [user, answer(said)], resume }),
      (inside) => set({ messages: [user, answer(said)], resume: { inside } }),
      (part) => set({ messages: [user, answer(part)] }),
      (content) => set({ messages: [user, answer({ type: 'text', content })] }),
      (part) => set({ messages: [{ ...user, parts: [part] }, answer(said)] }),
      (more) => set({ messages: [{ ...user, more }, answer(said)] }),
      (messages) => set({ messages }),
      (message) => set({ messages: [message] }),
    ];
  },
  async 'the AI SDK'() {
    const errors: unknown[] = [];
    const chat = await openChat(
      openStore(),
      { sessionId: 's' },
      { onSaveError: (error) => errors.push(error) },
    );
    const finish = async (messages: unknown) => {
      chat.init.onFinish({ messages } as never);
      await chat.settled();
      if (errors.length > 0) throw errors.pop();
    };
    const said = { type: 'text', text: 'Hello' };
    await finish([user, answer(said)]);
    return [
      finish,
      (message) => finish([message]),
      (part) => finish([user, answer(part)]),
      (text) => finish([user, answer({ type: 'text', text })]),
      (part) => finish([{ ...user, parts: [part] }, answer(said)]),
      (metadata) => finish([{ ...user, metadata }, answer(said)]),
    ];
  },
  async LangGraph() {
    const saver = new OffshootSaver(openStore());
    const put = (
      checkpoint: object,
      metadata: object = {},
      versions: any = { v: 1 },
      config: any = { thread_id: 't' },
    ) =>
      saver.put(
        { configurable: config },
        { ...emptyCheckpoint(), ...checkpoint },
        metadata as never,
        versions,
      );
    const config = await put({ channel_values: { v: 1 } }, { source: 'input' });
    return [
      (value) => saver.putWrites(config, [['v', value]], 'task'),
      (value) => saver.putWrites(config, [['v', { inside: value }]], 'task'),
      (write) => saver.putWrites(config, [write], 'task'),
      (writes) => saver.putWrites(config, writes, 'task'),
      (v) => put({ channel_values: { v } }),
      (v) => put({ channel_values: { v: [1, v] } }),
      (ts) => put({ ts }),
      (versions_seen) => put({ versions_seen }),
      (inside) => put({ versions_seen: { inside } }),
      (metadata) => put({}, metadata),
      (parents) => put({}, { parents }),
      (versions) => put({}, {}, versions),
      async (odd) => {
        for await (const _ of saver.list(config, { filter: { source: odd } })) expect(_).toBeDefined();
      },
    ];
  },
  async 'assistant-ui'() {
    const store = openStore();
    const history = openThreadHistory(store, 's');
    const list = openThreadList(store);
    const message = (content: unknown) => ({ id: '1', role: 'user', content });
    const append = (message: unknown) => history.append({ message, parentId: null } as never);
    await append(message([{ type: 'text', text: 'Hi' }]));
    return [
      append,
      (content) => append(message(content)),
      (part) => append(message([part])),
      (text) => append(message([{ type: 'text', text }])),
      (runConfig) => history.append({ message: message([]), parentId: null, runConfig } as never),
      (status) => append({ ...message([]), status }),
      (custom) => list.updateCustom('s', custom),
      (inside) => list.updateCustom('s', { inside }),
      (title) => list.rename('s', title),
      (messages) => list.generateTitle('s', messages),
      (content) => list.generateTitle('s', [message(content)] as never),
      (text) => list.generateTitle('s', [message([{ type: 'text', text }])] as never),
    ];
  },
  async 'the OpenAI Agents SDK'() {
    const session = new OffshootSession(openStore(), 's');
    const append = (transaction: unknown) =>
      session.applyHistoryTransaction({ operationId: 'o', transaction } as never);
    await session.addItems([{ role: 'user', content: 'Hi' }]);
    return [
      (items) => session.addItems(items),
      (item) => session.addItems([item]),
      (content) => session.addItems([{ role: 'user', content }]),
      (items) => session.replaceHistoryWithCompaction(items),
      (mutations) => session.applyHistoryMutations({ mutations }),
      (mutation) => session.applyHistoryMutations({ mutations: [mutation] }),
      append,
      (items) => append({ type: 'append_items', items }),
      (content) => append({ type: 'append_items', items: [{ role: 'user', content }] }),
    ];
  },
  async Agentick() {
    const sessions = new OffshootSessionStore(openStore());
    return [(snapshot) => sessions.save('s', snapshot), (inside) => sessions.save('s', { inside } as never)];
  },
  async Strands() {
    const storage = new OffshootSnapshotStorage(openStore());
    const location = { sessionId: 's', scope: 'agent', scopeId: 'a' } as never;
    const save = (snapshot: unknown) =>
      storage.saveSnapshot({ location, snapshotId: 'latest', isLatest: true, snapshot } as never);
    const snapshot = {
      scope: 'agent',
      schemaVersion: '1.0',
      createdAt: '2026-01-01T00:00:00Z',
      data: {},
      appData: {},
    };
    return [save, (inside) => save({ ...snapshot, data: { inside } }), (data) => save({ ...snapshot, data })];
  },
};

describe.each(Object.entries(WAYS))('What %s hands over', (_, ways) => {
  test.each(HOSTILE)('is stored, or refused as an argument: %s', async (_, hostile) => {
    const all = await ways();
    for (const [index, way] of all.entries()) {
      const error: any = await way(hostile()).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) continue;
      const ours = error instanceof SessionStoreError ? error : error.cause;
      expect(ours, `way ${index}: ${error}`).toBeInstanceOf(SessionStoreError);
      expect(ours, `way ${index}`).toMatchObject({ status: 'INVALID_ARGUMENT', path: expect.any(String) });
    }
  });
});

test.each([
  ['TanStack AI', 0, 'state.resume'],
  ['TanStack AI', 2, 'state.messages.1.parts.0'],
  ['the AI SDK', 1, 'finish.messages.0'],
  ['the AI SDK', 2, 'finish.messages.1.parts.0'],
  ['LangGraph', 0, 'writes.0.1'],
  ['LangGraph', 5, 'checkpoint.channel_values.v.1'],
  ['assistant-ui', 2, 'message.content.0'],
  ['the OpenAI Agents SDK', 2, 'items.0.content'],
])('What cannot be read is refused by its path, with what it threw: %s, way %d', async (name, way, path) => {
  const ways = await WAYS[name]!();
  await expect(ways[way]!(revoked({}))).rejects.toMatchObject({ path, cause: { name: 'TypeError' } });
});

import { describe, expect, it } from 'vitest';
import { OffshootSessionStore } from '../../../src/adapters/agentick/index.js';
import { openChat } from '../../../src/adapters/ai-sdk/index.js';
import {
  openThreadHistory,
  openThreadList,
  type StoredThreadHistory,
} from '../../../src/adapters/assistant-ui/index.js';
import { OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { OffshootSession } from '../../../src/adapters/openai-agents/index.js';
import { OffshootSnapshotStorage, OffshootStorage } from '../../../src/adapters/strands/index.js';
import { snapshotSource } from '../../../src/bindings/snapshot-source.js';
import { openChatPersistence } from '../../../src/adapters/tanstack-ai/index.js';
import { freshName, openStore } from '../../stores/open-store.js';

const part = (text: string) => ({ type: 'text' as const, text, content: text });
const user = (id: string, text = id) => ({ id, role: 'user' as const, parts: [part(text)] });
const assistant = (id: string, text = id) => ({ id, role: 'assistant' as const, parts: [part(text)] });
type Message = ReturnType<typeof user> | ReturnType<typeof assistant>;

function write(message: Message, text: string): void {
  Object.assign(message.parts[0]!, part(text));
}

/** As Vue and MobX hand out what they watch: everything that is reached through it is a proxy, too. */
function watched<T extends object>(target: T): T {
  return new Proxy(target, {
    get(object, key, receiver) {
      const value: unknown = Reflect.get(object, key, receiver);
      return typeof value === 'object' && value !== null ? watched(value) : value;
    },
  });
}

const kinds = [
  ['an object', <T extends object>(value: T) => value],
  ['a proxy', watched],
] as const;

describe.each(kinds)('What is changed in place, %s,', (_, of) => {
  it('is saved by TanStack AI’s persistence as it was at each call', async () => {
    const name = freshName();
    const persistence = openChatPersistence(openStore({ name }));
    const stored = async () =>
      (await openChatPersistence(openStore({ name })).getItem('t'))!.messages.map(
        (message) => (message.parts[0] as { content: string }).content,
      );
    const messages: Message[] = of([user('u1'), assistant('a1', 'Hel')]);
    await persistence.setItem('t', { messages });
    write(messages[1]!, 'Hello');
    await persistence.setItem('t', { messages });
    expect(await stored()).toEqual(['u1', 'Hello']);

    // While one is being saved.
    const saves = [];
    for (const text of ['Hello, ', 'Hello, wor', 'Hello, world']) {
      write(messages[1]!, text);
      saves.push(persistence.setItem('t', { messages }));
    }
    write(messages[1]!, 'never handed over');
    messages.push(user('u2'));
    await Promise.all(saves);
    expect(await stored()).toEqual(['u1', 'Hello, world']);
    expect((await openStore({ name }).getSession('t'))!.snapshotCount).toBe(1);

    // An edited question is a branch.
    messages.pop();
    write(messages[1]!, 'Hello, world');
    write(messages[0]!, 'edited');
    await persistence.setItem('t', { messages });
    expect(await stored()).toEqual(['edited', 'Hello, world']);
    expect((await openStore({ name }).getTree('t')).roots).toHaveLength(2);
  });

  it('is saved by TanStack AI’s persistence though it came from there', async () => {
    const name = freshName();
    await openChatPersistence(openStore({ name })).setItem('t', { messages: [user('u1'), assistant('a1')] });
    const persistence = openChatPersistence(openStore({ name }));
    const { messages } = of((await persistence.getItem('t'))!);
    write(messages[0] as Message, 'edited');
    await persistence.setItem('t', { messages });
    const { leaves, nodes } = await openStore({ name }).getTree('t');
    expect(leaves).toHaveLength(2);
    expect(nodes.size).toBe(2);
  });

  it('is saved by the AI SDK’s chat as it was when an answer ended', async () => {
    const name = freshName();
    const open = async () => openChat<any>(openStore({ name }), { sessionId: 't' });
    const shown = async () => (await open()).init.messages.map((message) => message.parts[0].text);
    const chat = await open();
    const messages: Message[] = of([user('u1'), assistant('a1', 'final')]);
    const finish = (more = {}) => chat.init.onFinish({ messages, finishReason: 'stop', ...more } as never);
    finish();
    write(messages[1]!, 'changed right after');
    await chat.settled();
    expect(await shown()).toEqual(['u1', 'final']);

    // Edited in place, and the answer failed before its first word.
    write(messages[0]!, 'edited');
    messages.pop();
    finish({ isError: true });
    await chat.settled();
    expect(await shown()).toEqual(['edited']);

    // Three at once, of which each is the next turn.
    for (const turn of [1, 2, 3]) {
      messages.push(assistant(`answer ${turn}`), user(`question ${turn}`));
      finish();
    }
    messages.length = 0;
    await chat.settled();
    expect(await shown()).toHaveLength(7);
    expect(await openStore({ name }).getHistory(chat.snapshotId!)).toHaveLength(4);
  });

  it('is saved by the AI SDK’s chat though it came from there', async () => {
    const name = freshName();
    const first = await openChat<any>(openStore({ name }), { sessionId: 't' });
    first.init.onFinish({ messages: [user('u1'), assistant('a1')], finishReason: 'stop' } as never);
    await first.settled();
    const shown = first.snapshotId!;
    for (const how of ['init', 'show'] as const) {
      const chat = await openChat<any>(openStore({ name }), { sessionId: 't' });
      const messages = of(how === 'init' ? chat.init.messages : await chat.show(shown));
      write(messages[0] as Message, `edited ${how}`);
      chat.init.onFinish({ messages: [messages[0]], isError: true } as never);
      await chat.settled();
      const { init } = await openChat<any>(openStore({ name }), { sessionId: 't' });
      expect(init.messages.map((message) => message.parts[0].text)).toEqual([`edited ${how}`]);
      await openStore({ name }).selectBranch(shown);
    }
  });

  it('is saved by assistant-ui’s history as it was at each call', async () => {
    const name = freshName();
    type Item = Parameters<StoredThreadHistory['append']>[0];
    const item = (message: Message, parentId: string | null) =>
      of({
        parentId,
        message: { ...message, content: message.parts },
        runConfig: { custom: { n: 1 } },
      }) as unknown as Item;
    const threads = openThreadList(openStore({ name }));
    const { remoteId } = (await threads.initialize('t')) as { remoteId: string };
    const custom = of({ colour: 'red' });
    const named = threads.updateCustom(remoteId, custom);
    custom.colour = 'blue';
    const history = threads.history({
      getState: () => ({ remoteId }),
      initialize: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { remoteId };
      },
    });
    const [question, answer] = [user('u1'), assistant('a1', 'one')];
    const asked = item(question, null);
    const saves = [history.append(asked)];
    write(question, 'changed');
    (asked as any).runConfig.custom.n = 2;
    await Promise.all([named, ...saves]);
    saves.push(history.append(item(answer, 'u1')));
    write(answer, 'one two');
    saves.push(history.update(item(answer, 'u1')));
    write(answer, 'changed');
    await Promise.all(saves);
    const { messages } = await openThreadHistory(openStore({ name }), remoteId).load();
    expect(messages.map(({ message }) => (message.content[0] as { text: string }).text)).toEqual([
      'u1',
      'one two',
    ]);
    expect(messages[0]!.runConfig).toEqual({ custom: { n: 1 } });
    expect((await threads.fetch(remoteId)).custom).toEqual({ colour: 'red' });

    // What was loaded is the page's: changing it changes nothing here.
    const loaded = await history.load();
    (loaded.messages[0]!.message as any).content[0].text = 'changed';
    await history.append(item(user('u2'), 'a1'));
    const again = await openThreadHistory(openStore({ name }), remoteId).load();
    expect((again.messages[0]!.message.content[0] as { text: string }).text).toBe('u1');
  });

  it('is saved by OpenAI’s session as it was at the call', async () => {
    const name = freshName();
    const session = new OffshootSession(openStore({ name }), 't');
    const items = of([{ role: 'user' as const, content: 'one' }]);
    const saved = session.addItems(items);
    items[0]!.content = 'changed';
    await saved;
    const got = (await session.getItems()) as typeof items;
    expect(got).toEqual([{ role: 'user', content: 'one' }]);
    got[0]!.content = 'changed';
    const transaction = of({
      type: 'append_items' as const,
      items: [{ role: 'user' as const, content: 'two' }],
    });
    const applied = session.applyHistoryTransaction({ operationId: 'x', transaction });
    transaction.items[0]!.content = 'changed';
    await applied;
    const compacted = of([{ role: 'user' as const, content: 'all' }]);
    expect(((await session.getItems()) as typeof items).map(({ content }) => content)).toEqual([
      'one',
      'two',
    ]);
    const replaced = session.replaceHistoryWithCompaction(compacted);
    compacted.length = 0;
    await replaced;
    expect(await session.getItems()).toEqual([{ role: 'user', content: 'all' }]);
  });

  it('is saved by LangGraph’s saver as it was at the call', async () => {
    const saver = new OffshootSaver(openStore());
    const checkpoint = of({
      v: 4,
      id: '1ef',
      ts: new Date().toISOString(),
      channel_values: { log: ['one'], rest: { deep: 'one' } },
      channel_versions: { log: 1, rest: 1 },
      versions_seen: {},
    });
    const metadata = of({ source: 'loop' as const, step: 0, parents: {} });
    const config = { configurable: { thread_id: 't', checkpoint_ns: '' } };
    const put = saver.put(config, checkpoint, metadata);
    checkpoint.channel_values.log.push('two');
    checkpoint.channel_values.rest.deep = 'two';
    metadata.step = 7;
    config.configurable.thread_id = 'other';
    const place = await put;
    const value = of({ deep: ['one'] });
    const written = saver.putWrites(place, [['log', value]], 'task');
    value.deep.push('two');
    await written;
    const tuple = (await saver.getTuple(place))!;
    expect(tuple.checkpoint.channel_values).toEqual({ log: ['one'], rest: { deep: 'one' } });
    expect(tuple.metadata).toMatchObject({ step: 0 });
    expect(tuple.pendingWrites).toEqual([['task', 'log', { deep: ['one'] }]]);
    expect(place.configurable).toMatchObject({ thread_id: 't' });
  });

  it('is saved by Agentick’s store and Strands’ storages as it was at the call', async () => {
    const agentick = new OffshootSessionStore(openStore() as never);
    const snapshot = of({
      version: '1.0',
      sessionId: 't',
      tick: 1,
      timeline: [{ text: 'one' }],
      comState: {},
      dataCache: {},
      timestamp: 0,
    });
    const saved = agentick.save('t', snapshot);
    snapshot.timeline[0]!.text = 'changed';
    await saved;
    expect((await agentick.load('t'))!.timeline).toEqual([{ text: 'one' }]);

    const location = { sessionId: 't', scope: 'agent' as const, scopeId: 'a' };
    const storage = new OffshootSnapshotStorage(openStore() as never);
    const state = of({
      scope: 'agent',
      schemaVersion: '1.0',
      createdAt: '',
      data: { messages: ['one'] },
      appData: {},
    });
    const latest = storage.saveSnapshot({
      location,
      snapshotId: 'x',
      isLatest: true,
      snapshot: state as never,
    });
    state.data.messages.push('two');
    await latest;
    expect((await storage.loadSnapshot({ location }))!.data).toEqual({ messages: ['one'] });

    const bytes = new Uint8Array([1, 2]);
    const files = new OffshootStorage(openStore() as never);
    const written = files.write('file', bytes);
    bytes[0] = 9;
    await written;
    expect(await files.read('file')).toEqual(new Uint8Array([1, 2]));
  });
});

it('what a hook shows is shown anew when it was changed in place and then saved', async () => {
  const store = openStore();
  const snapshotId = await store.saveSnapshot(undefined, () => ({
    sessionId: 't',
    createdAt: new Date().toISOString(),
    state: { custom: { n: 1 } },
  }));
  const shown: any[] = [];
  const source = snapshotSource(
    store,
    { snapshotId },
    { data: (data) => shown.push(data), failed: () => {} },
  );
  await expect.poll(() => shown.length).toBeGreaterThan(0);
  const first = shown.at(-1);
  first.state.custom.n = 2;
  await store.saveSnapshot(snapshotId, () => first);
  await expect.poll(() => shown.at(-1) !== first).toBe(true);
  expect(shown.at(-1).state.custom).toEqual({ n: 2 });
  source.end();
});

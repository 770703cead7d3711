import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph/web';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OffshootSessionStore } from '../../../src/adapters/agentick/index.js';
import { openChat, type StoredChat } from '../../../src/adapters/ai-sdk/index.js';
import { openThreadHistory, type StoredThreadHistory } from '../../../src/adapters/assistant-ui/index.js';
import { OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { OffshootSession } from '../../../src/adapters/openai-agents/index.js';
import { OffshootSnapshotStorage } from '../../../src/adapters/strands/index.js';
import { openChatPersistence } from '../../../src/adapters/tanstack-ai/index.js';
import { freshName, openStore } from '../../stores/open-store.js';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const BEGIN = Date.parse('2026-05-01T12:00:00Z');

const part = (text: string) => ({ type: 'text' as const, text, content: text });
const question = { id: 'q', role: 'user' as const, parts: [part('q')] };
const answer = (text: string) => ({ id: text, role: 'assistant' as const, parts: [part(text)] });

/** A tab with a conversation of one question, and what it does. */
interface Tab {
  /** Answers the question, anew if it was answered before. */
  answer(text: string): Promise<unknown>;
  /** The answer that a page shows after it was loaded. */
  reload(): Promise<string>;
}

const adapters: Record<string, (name: string) => Promise<Tab>> = {
  async 'AI SDK'(name) {
    const store = openStore({ name });
    let chat: StoredChat<any> | undefined;
    return {
      async answer(text) {
        chat ??= await openChat<any>(store, { sessionId: 't' });
        chat.init.onFinish({ messages: [question, answer(text)], finishReason: 'stop' } as never);
        await chat.settled();
      },
      reload: async () =>
        (await openChat<any>(openStore({ name }), { sessionId: 't' })).init.messages.at(-1).parts[0].text,
    };
  },
  async 'TanStack AI'(name) {
    const persistence = openChatPersistence(openStore({ name }));
    return {
      answer: (text) => persistence.setItem('t', { messages: [question, answer(text)] }),
      reload: async () =>
        ((await openChatPersistence(openStore({ name })).getItem('t'))!.messages.at(-1)!.parts[0] as any)
          .content,
    };
  },
  async 'assistant-ui'(name) {
    const history = openThreadHistory(openStore({ name }), 't');
    const save = (id: string, role: string, parentId: string | null) =>
      history.append({ parentId, message: { id, role, content: [part(id)] } } as unknown as Parameters<
        StoredThreadHistory['append']
      >[0]);
    return {
      async answer(text) {
        await save('q', 'user', null);
        await save(text, 'assistant', 'q');
      },
      reload: async () => (await openThreadHistory(openStore({ name }), 't').load()).headId!,
    };
  },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: BEGIN });
});
afterEach(() => {
  vi.useRealTimers();
});
const at = (ms: number) => vi.setSystemTime(BEGIN + ms);

describe.each(Object.entries(adapters))('%s, whatever the clock says', (_, open) => {
  it.each([
    ['an hour back', [0, -HOUR]],
    ['a year back', [0, -YEAR]],
    ['a year ahead, and back again', [0, YEAR, 0, 1]],
    ['standing still', [0, 0, 0]],
    ['to 1970', [0, -BEGIN, -BEGIN + 1]],
  ])('shows the answer that was made last: %s', async (_, times) => {
    const name = freshName();
    const tab = await open(name);
    for (const [index, ms] of times.entries()) {
      at(ms);
      await tab.answer(`answer ${index}`);
      expect(await tab.reload()).toBe(`answer ${index}`);
    }
    expect((await openStore({ name }).getTree('t')).leaves).toHaveLength(times.length);
  });

  it('shows it in tabs whose clocks differ, and writes nothing more for that', async () => {
    const name = freshName();
    const [fast, slow] = [await open(name), await open(name)];
    for (let turn = 0; turn < 3; turn++) {
      at(YEAR + turn);
      await fast.answer(`fast ${turn}`);
      expect(await slow.reload()).toBe(`fast ${turn}`);
      at(-HOUR);
      await slow.answer(`slow ${turn}`);
      expect(await fast.reload()).toBe(`slow ${turn}`);
    }
    expect((await openStore({ name }).getSession('t'))!.selectedSnapshotId).toBeUndefined();
  });

  it('shows it where a branch was selected before', async () => {
    const name = freshName();
    const tab = await open(name);
    await tab.answer('first');
    await tab.answer('second');
    const store = openStore({ name });
    const { leaves } = await store.getTree('t');
    await store.selectBranch(leaves[1]!);
    expect(await tab.reload()).toBe('first');
    at(-YEAR);
    await tab.answer('third');
    expect(await tab.reload()).toBe('third');
  });

  it('shows it after each of a hundred, at times out of order', async () => {
    const name = freshName();
    const tab = await open(name);
    for (let turn = 0; turn < 100; turn++) {
      at(((turn * 7919) % 100) * 1000 - 50_000);
      await tab.answer(`answer ${turn}`);
      if (turn % 10 === 9) expect(await tab.reload()).toBe(`answer ${turn}`);
    }
  });
});

describe('LangGraph, whatever the clock says', () => {
  const graphOn = (name: string) =>
    new StateGraph(MessagesAnnotation)
      .addNode('model', ({ messages }) => ({ messages: [new AIMessage(`re: ${messages.at(-1)!.text}`)] }))
      .addEdge(START, 'model')
      .compile({ checkpointer: new OffshootSaver(openStore({ name })) });
  const config = { configurable: { thread_id: 't' } };
  const textsOf = ({ messages }: { messages: BaseMessage[] }) => messages.map((message) => message.text);

  it('goes on with the newest, and lists from there', async () => {
    const name = freshName();
    const said: string[] = [];
    for (const [index, ms] of [0, -HOUR, YEAR, -YEAR, -YEAR + 1].entries()) {
      at(ms);
      said.push(`${index}`, `re: ${index}`);
      const state = await graphOn(name).invoke({ messages: [new HumanMessage(`${index}`)] }, config);
      expect(textsOf(state)).toEqual(said);
    }
    const graph = graphOn(name);
    const states = [];
    for await (const state of graph.getStateHistory(config)) states.push(state);
    const lengths = states.map(({ values }) => (values['messages'] ?? []).length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    const before = states[4]!.config;
    const older = [];
    for await (const state of graph.getStateHistory(config, { before })) older.push(state.config);
    expect(older).toEqual(states.slice(5).map((state) => state.config));
  });

  it('goes on with a fork that was made last', async () => {
    const name = freshName();
    await graphOn(name).invoke({ messages: [new HumanMessage('one')] }, config);
    const first = (await graphOn(name).getState(config)).config;
    await graphOn(name).invoke({ messages: [new HumanMessage('two')] }, config);
    at(-YEAR);
    await graphOn(name).invoke({ messages: [new HumanMessage('TWO')] }, first as typeof config);
    const { values } = await graphOn(name).getState(config);
    expect(textsOf(values as never)).toEqual(['one', 're: one', 'TWO', 're: TWO']);
  });

  it('takes over checkpoints of long ago in any order', async () => {
    const name = freshName();
    for (let turn = 0; turn < 3; turn++) {
      at(turn * HOUR);
      await graphOn(name).invoke({ messages: [new HumanMessage(`${turn}`)] }, config);
    }
    at(YEAR);
    const from = new OffshootSaver(openStore({ name }));
    const copy = freshName();
    const to = new OffshootSaver(openStore({ name: copy }));
    // The newest comes first.
    for await (const { checkpoint, metadata, parentConfig, config: place } of from.list(config)) {
      const parent = parentConfig ?? { configurable: { ...place.configurable, checkpoint_id: undefined } };
      await to.put(parent, checkpoint, metadata!);
    }
    const { values } = await graphOn(copy).getState(config);
    expect(textsOf(values as never)).toEqual(['0', 're: 0', '1', 're: 1', '2', 're: 2']);
  });
});

describe('OpenAI Agents, Agentick and Strands, whatever the clock says', () => {
  const TIMES = [0, -HOUR, YEAR, -YEAR, -YEAR + 1];

  it('a history goes on where it was', async () => {
    const name = freshName();
    const said: string[] = [];
    for (const [index, ms] of TIMES.entries()) {
      at(ms);
      said.push(`${index}`);
      await new OffshootSession(openStore({ name }), 't').addItems([{ role: 'user', content: `${index}` }]);
      const items = await new OffshootSession(openStore({ name }), 't').getItems();
      expect(items.map((item) => (item as { content: string }).content)).toEqual(said);
    }
  });

  it('a session of Agentick is loaded as it was saved last, from whichever tab', async () => {
    const name = freshName();
    const rest = { version: '1.0', sessionId: 't', tick: 1, comState: {}, dataCache: {}, timestamp: 0 };
    const tabs = [0, 1].map(() => new OffshootSessionStore(openStore({ name }) as never));
    const load = async () =>
      (await new OffshootSessionStore(openStore({ name }) as never).load('t'))!.timeline;
    for (const [index, ms] of TIMES.entries()) {
      for (const [number, tab] of tabs.entries()) {
        at(number === 0 ? ms : -ms);
        await tab.save('t', { ...rest, timeline: [index, number] });
        expect(await load()).toEqual([index, number]);
      }
    }
  });

  it('the latest snapshot of Strands is the one saved last, and what it displaced is in order', async () => {
    const name = freshName();
    const location = { sessionId: 't', scope: 'agent' as const, scopeId: 'a' };
    const storage = new OffshootSnapshotStorage(openStore({ name }) as never, { history: 2 });
    for (const [index, ms] of TIMES.entries()) {
      at(ms);
      const snapshot = {
        scope: 'agent' as const,
        schemaVersion: '1.0' as const,
        createdAt: new Date().toISOString(),
        data: { messages: [index] },
        appData: {},
      };
      await storage.saveSnapshot({
        location,
        snapshotId: 'latest',
        isLatest: true,
        snapshot,
      });
    }
    const store = openStore({ name });
    const latest = (await store.getHead('t'))!;
    const states = await Promise.all(
      (await store.getHistory(latest.snapshotId)).map(({ snapshotId }) => store.getSnapshot({ snapshotId })),
    );
    expect(states.map((snapshot) => snapshot!.state!.messages)).toEqual([[2], [3], [4]]);
  });
});

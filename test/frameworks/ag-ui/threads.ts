import { EventType, type Message } from '@ag-ui/client';
import { describe, expect, test } from 'vitest';
import { openThreads, type OpenThreadsOptions, type ShownThread } from '../../../src/adapters/ag-ui/index.js';
import type { IndexedDBSessionStore } from '../../../src/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { SpokenAgent } from './spoken-agent.js';

/** What a page does when it loads. */
async function openPage(name: string, options: OpenThreadsOptions = {}) {
  const store = openStore({ name });
  const failures: unknown[] = [];
  const threads = openThreads(store, { onError: (error) => failures.push(error), ...options });
  const agent = new SpokenAgent({ agentId: 'helper', threadId: 'trip' });
  agent.subscribe(threads.subscriber);
  const shown = await threads.load(agent);
  let asked = 0;
  /** Asks, and waits until the agent was asked; resolves to the promise of the run's end. */
  async function run() {
    const ended = agent.runAgent().catch(() => {});
    await expect.poll(() => agent.inputs.length).toBe(++asked);
    return { ended };
  }
  const ask = (text: string) => {
    agent.addMessage({ id: `q-${text}`, role: 'user', content: text });
    return run();
  };
  /** A whole turn. */
  async function turn(text: string, answer: string, id = `a-${answer}`) {
    const { ended } = await ask(text);
    agent.begin(answer, id);
    agent.end(id);
    await ended;
    await threads.settled();
  }
  return { store, threads, agent, failures, shown, run, ask, turn };
}

const textsOf = (messages: readonly Message[]) => messages.map(({ content }) => content);

async function head(store: IndexedDBSessionStore<any>) {
  const found = await store.getHead('trip');
  const snapshot = found && (await store.getSnapshot({ snapshotId: found.snapshotId }));
  const messages = textsOf((snapshot?.state?.messages ?? []) as unknown as Message[]);
  return { status: snapshot?.status, finishReason: snapshot?.finishReason, messages };
}

/** Run in Node and in Chromium. */
export function describeThreads(): void {
  describe('offshoot/ag-ui', () => {
    test('a thread is there after a reload, with its messages and its state, and goes on', async () => {
      const name = freshName();
      const before = await openPage(name);
      expect(before.shown).toMatchObject({ threadId: 'trip', snapshotId: undefined, messages: [] });
      const { ended } = await before.ask('hello');
      before.agent.begin('hi', 'a');
      before.agent.say(
        { type: EventType.STATE_SNAPSHOT, snapshot: { mood: 'good', steps: 1 } },
        { type: EventType.STATE_DELTA, delta: [{ op: 'replace', path: '/steps', value: 2 }] },
      );
      before.agent.end('a');
      await ended;
      await before.threads.settled();

      const after = await openPage(name);
      expect(after.shown.status).toBe('completed');
      expect(after.agent.messages).toEqual(before.agent.messages);
      expect(after.agent.state).toEqual({ mood: 'good', steps: 2 });
      await after.turn('more', 'again');
      expect(textsOf(after.agent.inputs[0]!.messages)).toEqual(['hello', 'hi', 'more']);
      expect(after.agent.inputs[0]!.state).toEqual({ mood: 'good', steps: 2 });
      expect(await after.store.getLeaves('trip')).toHaveLength(1);
      expect([...before.failures, ...after.failures]).toEqual([]);
    });

    test('the question is saved when the run begins, and the answer while it streams', async () => {
      const { store, agent, threads, ask } = await openPage(freshName());
      const { ended } = await ask('a story');
      await expect.poll(() => head(store)).toMatchObject({ status: 'pending', messages: ['a story'] });
      agent.begin('Once ', 'a');
      await expect.poll(() => head(store)).toMatchObject({ messages: ['a story', 'Once '] });
      agent.go('upon a time', 'a');
      const all = ['a story', 'Once upon a time'];
      await expect.poll(() => head(store)).toMatchObject({ status: 'pending', messages: all });
      agent.end('a');
      await ended;
      await threads.settled();
      expect(await head(store)).toEqual({ status: 'completed', finishReason: 'stop', messages: all });
      expect((await store.getTree('trip')).nodes.size).toBe(1);
    });

    test('the events of each run are kept, texts in one piece', async () => {
      const { agent, threads, ask, turn } = await openPage(freshName());
      const { ended } = await ask('weather?');
      agent.begin('', 'a');
      for (const piece of ['let ', 'me ', 'see']) agent.go(piece, 'a');
      agent.say(
        { type: EventType.TEXT_MESSAGE_END, messageId: 'a' },
        { type: EventType.STEP_STARTED, stepName: 'look' },
        { type: EventType.TOOL_CALL_START, toolCallId: 't', toolCallName: 'weather', parentMessageId: 'a' },
        { type: EventType.TOOL_CALL_ARGS, toolCallId: 't', delta: '{"in":' },
        { type: EventType.TOOL_CALL_ARGS, toolCallId: 't', delta: '"Oslo"}' },
        { type: EventType.TOOL_CALL_END, toolCallId: 't' },
        { type: EventType.TOOL_CALL_RESULT, messageId: 'r', toolCallId: 't', content: '3' },
        { type: EventType.STEP_FINISHED, stepName: 'look' },
        { type: EventType.CUSTOM, name: 'map', value: { zoom: 2 } },
        { type: EventType.TEXT_MESSAGE_START, messageId: 'b', role: 'assistant' },
      );
      agent.go('3 degrees', 'b');
      agent.end('b');
      await ended;
      await threads.settled();
      await turn('thanks', 'welcome');

      const [first, second] = await threads.runs('trip');
      expect(first).toMatchObject({ runId: agent.inputs[0]!.runId, status: 'completed' });
      const told = first!.events.map((event) => [event.type, (event as { delta?: string }).delta ?? '']);
      expect(told.filter(([, delta]) => delta !== '')).toEqual([
        ['TEXT_MESSAGE_CONTENT', 'let me see'],
        ['TOOL_CALL_ARGS', '{"in":"Oslo"}'],
        ['TEXT_MESSAGE_CONTENT', '3 degrees'],
      ]);
      expect(told.map(([type]) => type)).toContain('CUSTOM');
      expect(told.at(-1)![0]).toBe('RUN_FINISHED');
      expect(second).toMatchObject({ runId: agent.inputs[1]!.runId });
      expect(await threads.runs('nowhere')).toEqual([]);

      const without = await openPage(freshName(), { events: false });
      await without.turn('one', 'first');
      expect((await without.threads.runs('trip'))[0]!.events).toEqual([]);
    });

    test('an answer made again is a branch; any branch can be shown, and is where the thread reopens', async () => {
      const name = freshName();
      const { store, agent, threads, turn, run } = await openPage(name);
      await turn('one', 'first');
      await turn('two', 'old');
      const [, old] = await threads.runs('trip');
      agent.setMessages(agent.messages.slice(0, 3));
      const { ended } = await run();
      agent.begin('new', 'n');
      agent.end('n');
      await ended;
      await threads.settled();
      expect(await store.getLeaves('trip')).toHaveLength(2);
      expect(textsOf((await openPage(name)).agent.messages)).toEqual(['one', 'first', 'two', 'new']);

      const shown = await threads.show(agent, old!.snapshotId);
      expect(textsOf(shown.messages)).toEqual(['one', 'first', 'two', 'old']);
      expect(textsOf((await openPage(name)).agent.messages)).toEqual(['one', 'first', 'two', 'old']);
      await turn('three', 'third');
      expect((await store.getHead('trip'))!.parentId).toBe(old!.snapshotId);
    });

    test('a run that fails before its first word leaves the answer of before', async () => {
      const { store, agent, threads, turn, run } = await openPage(freshName());
      await turn('one', 'first');
      agent.setMessages(agent.messages.slice(0, 1));
      const { ended } = await run();
      agent.fail('no network');
      await ended;
      await threads.settled();
      expect(await head(store)).toMatchObject({ status: 'completed', messages: ['one', 'first'] });
      expect((await store.getTree('trip')).nodes.size).toBe(1);
    });

    test('runs that failed, were aborted, cancelled or left a question open are told apart', async () => {
      const name = freshName();
      const { store, agent, threads, ask } = await openPage(name);
      const first = await ask('one');
      agent.begin('so ', 'a');
      agent.fail('too many tokens');
      await first.ended;
      await threads.settled();
      expect(await head(store)).toEqual({
        status: 'failed',
        finishReason: 'failed',
        messages: ['one', 'so '],
      });
      expect((await store.getSnapshot({ sessionId: 'trip' }))!.error).toEqual({ message: 'too many tokens' });

      const second = await ask('two');
      agent.begin('well ', 'b');
      agent.abortRun();
      await second.ended;
      await threads.settled();
      expect(await head(store)).toMatchObject({ status: 'aborted', finishReason: 'aborted' });

      const third = await ask('three');
      agent.begin('then ', 'c');
      await agent.detachActiveRun();
      await third.ended;
      await threads.settled();
      expect(await head(store)).toMatchObject({ status: 'aborted', finishReason: 'aborted' });

      const cancelled = await ask('no');
      agent.begin('as you ', 'x');
      agent.end('x', { type: 'cancelled' });
      await cancelled.ended;
      await threads.settled();
      expect(await head(store)).toMatchObject({ status: 'aborted', finishReason: 'aborted' });

      const fourth = await ask('four');
      agent.begin('may I?', 'd');
      agent.end('d', { type: 'interrupt', interrupts: [{ id: 'i', reason: 'confirm' }] });
      await fourth.ended;
      await threads.settled();
      expect(await head(store)).toMatchObject({ status: 'completed', finishReason: 'interrupted' });
      expect((await openPage(name)).agent.pendingInterrupts).toEqual([{ id: 'i', reason: 'confirm' }]);
      expect(await store.getLeaves('trip')).toHaveLength(1);
    });

    test('another tab sees the run grow in its own agent, and goes on', async () => {
      const name = freshName();
      const [a, b] = [await openPage(name), await openPage(name)];
      const seen: ShownThread[] = [];
      const end = b.threads.watch(b.agent, (shown) => seen.push(shown));
      const { ended } = await a.ask('a story');
      await expect.poll(() => textsOf(b.agent.messages)).toEqual(['a story']);
      a.agent.begin('Once ', 'a');
      a.agent.say({ type: EventType.STATE_SNAPSHOT, snapshot: { page: 1 } });
      await expect.poll(() => textsOf(b.agent.messages)).toEqual(['a story', 'Once ']);
      await expect.poll(() => b.agent.state).toEqual({ page: 1 });
      expect(seen.at(-1)!.status).toBe('pending');
      a.agent.end('a');
      await ended;
      await expect.poll(() => seen.at(-1)!.status).toBe('completed');

      const count = seen.length;
      await b.turn('go on', 'there was');
      expect(await b.store.getLeaves('trip')).toHaveLength(1);
      expect(seen).toHaveLength(count);
      await a.store.deleteSession('trip');
      await expect.poll(() => b.agent.messages).toEqual([]);
      expect(seen.at(-1)).toMatchObject({ snapshotId: undefined, status: undefined });
      end();
      await a.turn('anew', 'yes');
      await b.threads.settled();
      expect(b.agent.messages).toEqual([]);
    });

    test('a run that another tab has ended is aborted here; what was deleted stays deleted', async () => {
      const name = freshName();
      const { store, agent, threads, ask, failures } = await openPage(name);
      const other = openStore({ name });
      const first = await ask('one');
      agent.begin('so ', 'a');
      await expect.poll(() => head(store)).toMatchObject({ messages: ['one', 'so '] });
      const { snapshotId } = (await store.getHead('trip'))!;
      await other.saveSnapshot(snapshotId, (current) => ({ ...current!, status: 'aborted' }));
      agent.go('far', 'a');
      await first.ended;
      await threads.settled();
      expect(await head(store)).toMatchObject({ status: 'aborted', messages: ['one', 'so '] });

      const second = await ask('two');
      await expect.poll(() => head(store)).toMatchObject({ status: 'pending' });
      await other.deleteSession('trip');
      agent.begin('never', 'b');
      await second.ended;
      await threads.settled();
      expect(await store.getSession('trip')).toBeUndefined();
      expect(failures).toEqual([]);
    });

    test('threads are listed, and one agent goes from one to another', async () => {
      const { store, agent, threads, turn } = await openPage(freshName());
      await turn('one', 'first');
      await threads.load(agent, 'work');
      expect(agent).toMatchObject({ threadId: 'work', messages: [], state: {} });
      await turn('two', 'second');
      await store.updateSession('trip', { title: 'Lisbon' });
      const { threads: listed } = await threads.list({ limit: 5 });
      expect(new Map(listed.map(({ threadId, title }) => [threadId, title]))).toEqual(
        new Map([
          ['trip', 'Lisbon'],
          ['work', undefined],
        ]),
      );
      await threads.load(agent, 'trip');
      expect(textsOf(agent.messages)).toEqual(['one', 'first']);
      expect((await threads.list({ limit: 1 })).cursor).toBeDefined();
    });

    test('an agent that only connects, or has not been asked anything, leaves nothing', async () => {
      const { store, agent, threads, turn } = await openPage(freshName());
      await agent.connectAgent();
      await threads.settled();
      expect(await store.getSession('trip')).toBeUndefined();
      await turn('one', 'first');
      await agent.connectAgent();
      await threads.settled();
      expect((await store.getTree('trip')).nodes.size).toBe(1);
    });

    test('a run goes on when nothing can be saved, and tells why', async () => {
      const { store, agent, threads, ask, failures } = await openPage(freshName());
      const { ended } = await ask('one');
      await expect.poll(() => head(store)).toMatchObject({ status: 'pending' });
      await store.close();
      agent.begin('first', 'a');
      agent.end('a');
      await ended;
      await threads.settled();
      expect(textsOf(agent.messages)).toEqual(['one', 'first']);
      expect(failures.at(-1)).toMatchObject({ status: 'FAILED_PRECONDITION' });
    });

    test('what cannot be shown is refused, and says what to do', async () => {
      const { store, agent, threads, ask, failures } = await openPage(freshName());
      await expectRefusal(() => threads.load({} as never), 'INVALID_ARGUMENT', 'agent');
      await expectRefusal(() => threads.load(agent, ' '), 'INVALID_ARGUMENT', 'threadId');
      await expectRefusal(() => threads.show(agent, 'gone'), 'NOT_FOUND', 'snapshotId');
      await expectRefusal(async () => threads.watch(agent, 5 as never), 'INVALID_ARGUMENT', 'callback');
      await expectRefusal(async () => openThreads({} as never), 'INVALID_ARGUMENT', 'store');
      await expectRefusal(
        async () => openThreads(store, { event: true } as never),
        'INVALID_ARGUMENT',
        'options.event',
      );
      const createdAt = new Date().toISOString();
      const messages = [{ role: 'user' as const, content: [{ text: 'hi' }] }];
      await store.saveSnapshot('genkit', () => ({ sessionId: 'genkit', createdAt, state: { messages } }));
      await expectRefusal(() => threads.load(agent, 'genkit'), 'FAILED_PRECONDITION', 'state.messages.0');

      const { ended } = await ask('one');
      await expectRefusal(() => threads.load(agent), 'FAILED_PRECONDITION', 'agent');
      agent.begin('first', 'a');
      agent.end('a');
      await ended;
      await threads.settled();
      expect(failures).toEqual([]);
    });
  });
}

import {
  Agent,
  isRunContextAwareSession,
  MemorySession,
  RunContext,
  Runner,
  setTracingDisabled,
  tool,
  user,
  type AgentInputItem,
  type SessionHistoryTransactionArgs,
} from '@openai/agents-core';
import { assistantMessage, functionCall, ScriptedModel } from '@openai/agents-core/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { OffshootSession } from '../../../src/adapters/openai-agents/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';

/** What was said, of a user's message and of an agent's. */
function textsOf(items: AgentInputItem[]): (string | undefined)[] {
  return items.map((item) => {
    if (!('content' in item) || !item.content) return item.type;
    if (typeof item.content === 'string') return item.content;
    const [part] = item.content;
    return part && 'text' in part ? part.text : item.type;
  });
}

const say = (text: string): AgentInputItem => user(text);
const append = (operationId: string, ...texts: string[]): SessionHistoryTransactionArgs => ({
  operationId,
  transaction: { type: 'append_items', items: texts.map(say) },
});
const replace = (
  operationId: string,
  expected: string[],
  ...texts: string[]
): SessionHistoryTransactionArgs => ({
  operationId,
  transaction: { type: 'replace_suffix', expectedSuffix: expected.map(say), replacement: texts.map(say) },
});

function runnerSaying(...answers: string[]) {
  setTracingDisabled(true);
  const model = new ScriptedModel(answers.map((text) => [assistantMessage(text)]));
  const agent = new Agent({ name: 'helper', model });
  return {
    agent,
    model,
    ask: (text: string, session: OffshootSession) => new Runner().run(agent, text, { session }),
  };
}

/** The SDK with a session on whatever IndexedDB there is. */
export function testSession(): void {
  test('an agent goes on where it was when the store was closed', async () => {
    const name = freshName();
    const first = openStore({ name });
    const { model, ask } = runnerSaying('Lisbon.', 'Madeira.');
    await ask('Where to in May?', new OffshootSession(first, 'trip'));
    await first.close();

    const result = await ask('Somewhere warmer?', new OffshootSession(openStore({ name }), 'trip'));
    expect(result.finalOutput).toBe('Madeira.');
    expect(textsOf(model.lastCall!.request.input as AgentInputItem[])).toEqual([
      'Where to in May?',
      'Lisbon.',
      'Somewhere warmer?',
    ]);
  });

  test('tool calls and their results come back as MemorySession returns them', async () => {
    setTracingDisabled(true);
    const run = async (session: OffshootSession | MemorySession) => {
      const weather = tool({
        name: 'weather',
        description: 'The weather',
        parameters: z.object({ city: z.string() }),
        execute: async ({ city }) => `sunny in ${city}`,
      });
      const model = new ScriptedModel([
        [functionCall('weather', { city: 'Faro' }, { callId: 'call-1' })],
        [assistantMessage('Sunny.')],
      ]);
      await new Runner().run(new Agent({ name: 'helper', model, tools: [weather] }), 'Weather in Faro?', {
        session,
      });
      return session.getItems();
    };
    const items = await run(new OffshootSession(openStore(), 's'));
    expect(items).toEqual(await run(new MemorySession()));
    expect(items.map(({ type }) => type)).toContain('function_call_result');
  });

  test('an earlier turn can be answered again, and both answers stay', async () => {
    const store = openStore();
    const session = new OffshootSession(store, 'trip');
    const { ask } = runnerSaying('Lisbon.', 'Porto.', 'Madeira.');
    await ask('Where to?', session);
    const afterFirst = (await store.getHead('trip'))!.snapshotId;
    await ask('Further north?', session);

    await store.selectBranch(afterFirst);
    await ask('Somewhere warmer?', session);
    expect(textsOf(await session.getItems())).toEqual([
      'Where to?',
      'Lisbon.',
      'Somewhere warmer?',
      'Madeira.',
    ]);

    const { leaves } = await store.getTree('trip');
    expect(leaves).toHaveLength(2);
    await store.selectBranch(leaves[1]!);
    expect(textsOf(await session.getItems())).toEqual(['Where to?', 'Lisbon.', 'Further north?', 'Porto.']);
  });

  test('one snapshot can be continued any number of times', async () => {
    const store = openStore();
    const session = new OffshootSession(store, 's');
    await session.addItems([say('root')]);
    const root = (await store.getHead('s'))!.snapshotId;
    for (const text of ['a', 'b', 'c']) {
      await store.selectBranch(root);
      await session.addItems([say(text)]);
      expect(textsOf(await session.getItems())).toEqual(['root', text]);
    }
    expect(await store.getLeaves('s')).toHaveLength(3);
  });

  test('items added by several stores at once are all there, each once', async () => {
    const name = freshName();
    const sessions = [1, 2, 3].map(() => new OffshootSession(openStore({ name }), 's'));
    const texts = Array.from({ length: 12 }, (_, index) => `item ${index}`);
    await Promise.all(texts.map((text, index) => sessions[index % 3]!.addItems([say(text)])));
    const items = textsOf(await sessions[0]!.getItems());
    expect(items).toHaveLength(texts.length);
    expect(new Set(items)).toEqual(new Set(texts));
    expect(await openStore({ name }).getLeaves('s')).toHaveLength(1);
  });

  test('a change that the store saves twice, not knowing whether it had, is made once', async () => {
    const store = openStore();
    const session = new OffshootSession(
      {
        getHead: (id) => store.getHead(id),
        getSnapshot: (options) => store.getSnapshot(options),
        async saveSnapshot(id, mutator) {
          await store.saveSnapshot(id, mutator);
          return store.saveSnapshot(id, mutator);
        },
      },
      's',
    );
    await session.addItems([say('a')]);
    await session.addItems([say('b')]);
    expect(textsOf(await session.getItems())).toEqual(['a', 'b']);
  });

  test('an operation is applied once, however often and by whomever it is repeated', async () => {
    const name = freshName();
    const sessions = [1, 2].map(() => new OffshootSession(openStore({ name }), 's'));
    await Promise.all(
      [...sessions, ...sessions].map((session) => session.applyHistoryTransaction(append('op-1', 'a'))),
    );
    await sessions[0]!.addItems([say('b')]);
    await sessions[1]!.applyHistoryTransaction(append('op-1', 'a'));
    expect(textsOf(await sessions[0]!.getItems())).toEqual(['a', 'b']);
  });

  test('an operation id that another transaction had is refused', async () => {
    const session = new OffshootSession(openStore(), 's');
    await session.applyHistoryTransaction(append('op-1', 'a'));
    const path = 'args.operationId';
    await expectRefusal(
      () => session.applyHistoryTransaction(append('op-1', 'b')),
      'FAILED_PRECONDITION',
      path,
    );
    expect(textsOf(await session.getItems())).toEqual(['a']);
  });

  test('a suffix is replaced only if it is the suffix', async () => {
    const session = new OffshootSession(openStore(), 's');
    await session.addItems(['a', 'b', 'c'].map(say));
    const path = 'args.transaction.expectedSuffix';
    for (const wrong of [['a'], ['a', 'b', 'c', 'd'], ['b']]) {
      await expectRefusal(
        () => session.applyHistoryTransaction(replace('op-1', wrong, 'x')),
        'FAILED_PRECONDITION',
        path,
      );
    }
    // Nothing was recorded of what was refused: the id is free.
    await session.applyHistoryTransaction(replace('op-1', ['b', 'c'], 'x'));
    await session.applyHistoryTransaction(replace('op-1', ['b', 'c'], 'x'));
    expect(textsOf(await session.getItems())).toEqual(['a', 'x']);
  });

  test('of two that replace one suffix at once, one is refused', async () => {
    const name = freshName();
    const [one, other] = [1, 2].map(() => new OffshootSession(openStore({ name }), 's'));
    await one!.addItems([say('a'), say('draft')]);
    const outcomes = await Promise.allSettled([
      one!.applyHistoryTransaction(replace('op-1', ['draft'], 'final 1')),
      other!.applyHistoryTransaction(replace('op-2', ['draft'], 'final 2')),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = outcomes[0].status === 'fulfilled' ? 'final 1' : 'final 2';
    expect(textsOf(await other!.getItems())).toEqual(['a', winner]);
  });

  test('limits, popping and clearing are those of MemorySession', async () => {
    const ours = new OffshootSession(openStore(), 's');
    const theirs = new MemorySession();
    const onBoth = async <T>(action: (session: OffshootSession | MemorySession) => Promise<T>) => {
      expect(await action(ours)).toEqual(await action(theirs));
      expect(await ours.getItems()).toEqual(await theirs.getItems());
    };
    await onBoth((session) => session.popItem());
    await onBoth((session) => session.addItems([]));
    await onBoth((session) => session.addItems(['a', 'b', 'c'].map(say)));
    for (const limit of [-1, 0, 1, 2, 3, 4]) await onBoth((session) => session.getItems(limit));
    await onBoth((session) => session.popItem());
    await onBoth((session) => session.applyHistoryTransaction(append('op', 'd')));
    await onBoth((session) => session.clearSession());
    await onBoth((session) => session.applyHistoryTransaction(append('op', 'e')));
    const call = (args: string): AgentInputItem & { type: 'function_call' } => ({
      type: 'function_call',
      callId: 'call',
      name: 'f',
      arguments: args,
      status: 'completed',
    });
    await onBoth((session) => session.addItems([call('{}'), say('between'), call('{}')]));
    const mutations = [
      { type: 'replace_function_call' as const, callId: 'call', replacement: call('{"x":1}') },
    ];
    await onBoth((session) => session.applyHistoryMutations({ mutations }));
  });

  test('what was popped or cleared is still in the tree, until the session is deleted', async () => {
    const store = openStore();
    const session = new OffshootSession(store, 's');
    await session.addItems([say('a'), say('b')]);
    const whole = (await store.getHead('s'))!.snapshotId;
    await session.popItem();
    await session.clearSession();
    expect(await session.getItems()).toEqual([]);
    await store.selectBranch(whole);
    expect(textsOf(await session.getItems())).toEqual(['a', 'b']);
    await store.deleteSession('s');
    expect(await session.getItems()).toEqual([]);
  });

  test('a compaction replaces the items in one step', async () => {
    const store = openStore();
    const session = new OffshootSession(store, 's');
    await session.addItems([say('a'), say('b')]);
    const compaction: AgentInputItem = { type: 'compaction', encrypted_content: 'short', id: 'cmp' };
    await session.replaceHistoryWithCompaction([compaction]);
    expect(await session.getItems()).toEqual([compaction]);
    expect((await store.getTree('s')).nodes.size).toBe(2);
  });

  test('a long history stores each item once', async () => {
    const store = openStore();
    const session = new OffshootSession(store, 's');
    for (let turn = 0; turn < 30; turn++) await session.addItems([say(`${turn} `.padEnd(2000, 'x'))]);
    const { sessions } = await store.storage();
    expect(sessions[0]!.bytes).toBeGreaterThan(30 * 2000);
    expect(sessions[0]!.bytes).toBeLessThan(2.5 * 30 * 2000);
  });

  test('what is changed after it was handed over is stored as it was', async () => {
    const session = new OffshootSession(openStore(), 's');
    const items = [say('a')];
    const added = session.addItems(items);
    Object.assign(items[0]!, { content: 'changed' });
    await added;
    const read = await session.getItems();
    Object.assign(read[0]!, { content: 'changed' });
    expect(textsOf(await session.getItems())).toEqual(['a']);
  });

  test('the context of a run finds the tenant, for everything that the run reads and saves', async () => {
    const users: (string | undefined)[] = [];
    const store = openStore({
      snapshotPathPrefix: (options) => {
        users.push(options?.context?.['user']);
        return `user ${options?.context?.['user'] ?? 'none'}`;
      },
    });
    const session = new OffshootSession(store, 'trip');
    expect(isRunContextAwareSession(session)).toBe(true);
    const { agent } = runnerSaying('Lisbon.', 'Oslo.', 'Madeira.');
    const ask = (question: string, user: string) =>
      new Runner().run(agent, question, { session, context: { user } });
    await ask('Where to in May?', 'ada');
    await ask('Where to in June?', 'bob');
    const { state } = await ask('Warmer?', 'ada');
    expect(new Set(users)).toEqual(new Set(['ada', 'bob']));

    const said = ['Where to in May?', 'Lisbon.', 'Warmer?', 'Madeira.'];
    expect(textsOf(await session.getItems(undefined, state._context))).toEqual(said);
    expect(textsOf(await session.getItems(1, new RunContext({ user: 'bob' })))).toEqual(['Oslo.']);
    expect(await session.getItems()).toEqual([]);
    const ada = state._context;
    expect(textsOf([(await session.popItem(ada))!])).toEqual(['Madeira.']);
    await session.applyHistoryTransaction(append('op', 'Sunny?'), ada);
    await session.replaceHistoryWithCompaction([say('All of it.')], ada);
    await session.addItems([say('More.')], ada);
    expect(textsOf(await session.getItems(undefined, ada))).toEqual(['All of it.', 'More.']);
    await session.clearSession(ada);
    expect(await session.getItems(undefined, ada)).toEqual([]);
    expect(textsOf(await session.getItems(1, new RunContext({ user: 'bob' })))).toEqual(['Oslo.']);
    // A run has a context of its own if the application gives none, and that may be anything.
    await session.addItems([say('Nobody’s.')], new RunContext('text' as never));
    expect(textsOf(await session.getItems())).toEqual(['Nobody’s.']);
  });

  test('bad arguments are refused with their path, and change nothing', async () => {
    const store = openStore();
    const session = new OffshootSession(store, 's');
    const item = { ...say('a'), providerData: { when: () => 0 } };
    const refusals: [path: string, action: () => unknown][] = [
      ['sessionId', () => new OffshootSession(store, ' ')],
      ['items', () => session.addItems('a' as never)],
      ['items.1', () => session.addItems([say('a'), 'b' as never])],
      ['items.0', () => session.addItems([item])],
      ['args.operationId', () => session.applyHistoryTransaction(append(' ', 'a'))],
      [
        'args.transaction.type',
        () => session.applyHistoryTransaction({ operationId: 'o', transaction: { type: 'sort' } as never }),
      ],
      [
        'args.transaction.items',
        () =>
          session.applyHistoryTransaction({
            operationId: 'o',
            transaction: { type: 'append_items' } as never,
          }),
      ],
      [
        'args.transaction.items.0.providerData.when',
        () =>
          session.applyHistoryTransaction({
            operationId: 'o',
            transaction: { type: 'append_items', items: [item] },
          }),
      ],
      [
        'args.mutations.0.type',
        () => session.applyHistoryMutations({ mutations: [{ type: 'sort' } as never] }),
      ],
    ];
    for (const [path, action] of refusals) await expectRefusal(action, 'INVALID_ARGUMENT', path);
    expect(await store.getSession('s')).toBeUndefined();
  });

  test('the session of another framework is refused', async () => {
    const store = openStore();
    await store.saveSnapshot(undefined, () => ({
      sessionId: 's',
      createdAt: new Date().toISOString(),
      state: { messages: [] },
    }));
    await expectRefusal(
      () => new OffshootSession(store, 's').addItems([say('a')]),
      'FAILED_PRECONDITION',
      'sessionId',
    );
  });
}

import { HumanMessage } from '@langchain/core/messages';
import {
  MemorySaver,
  MessagesDeltaValue,
  StateGraph,
  StateSchema,
  START,
  type BaseCheckpointSaver,
} from '@langchain/langgraph/web';
import { expect, test } from 'vitest';
import { configOf, OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { all, chatGraph, graphWithFailure, graphWithSubgraph, inThread, saying, textsOf } from './graphs.js';

/** What an action leaves in a thread, as the graph tells it, without ids and times. */
async function historyAfter(
  saver: BaseCheckpointSaver,
  makeGraph: (saver: BaseCheckpointSaver) => ReturnType<typeof chatGraph>,
  action: (graph: ReturnType<typeof chatGraph>) => Promise<unknown>,
) {
  const graph = makeGraph(saver);
  await action(graph);
  const states = await all(graph.getStateHistory(inThread('t')));
  const names = new Map(states.map(({ config }, index) => [config.configurable?.['checkpoint_id'], index]));
  return states.map(({ values, next, metadata, parentConfig, tasks }) => ({
    texts: 'messages' in values ? textsOf(values as never) : values,
    next,
    source: metadata?.source,
    step: metadata?.step,
    parent: names.get(parentConfig?.configurable?.['checkpoint_id']),
    tasks: tasks.map(({ name, error, interrupts }) => ({ name, error, interrupts })),
  }));
}

/** Real graphs on whatever IndexedDB there is. */
export function testGraphs(): void {
  test('a graph goes on where it was when the store was closed', async () => {
    const name = freshName();
    const first = openStore({ name });
    await chatGraph(new OffshootSaver(first)).invoke(saying('one'), inThread('t'));
    await first.close();

    const graph = chatGraph(new OffshootSaver(openStore({ name })));
    const state = await graph.invoke(saying('two'), inThread('t'));
    expect(textsOf(state)).toEqual(['one', 're: one', 'two', 're: two']);
    expect(state.messages[0]).toBeInstanceOf(HumanMessage);
    expect(await graph.getState(inThread('someone else'))).toMatchObject({ values: {} });
  });

  test.each(['sync', 'async', 'exit'] as const)(
    'history is that of MemorySaver, durability %s',
    async (durability) => {
      const talk = async (graph: ReturnType<typeof chatGraph>) => {
        for (const text of ['one', 'two']) await graph.invoke(saying(text), { ...inThread('t'), durability });
        const [, earlier] = await all(graph.getStateHistory(inThread('t')));
        await graph.invoke(saying('instead'), { ...earlier!.config, durability });
        await graph.updateState(inThread('t'), saying('by hand'));
      };
      const ours = await historyAfter(new OffshootSaver(openStore()), chatGraph, talk);
      expect(ours).toEqual(await historyAfter(new MemorySaver(), chatGraph, talk));
      expect(ours.length).toBeGreaterThanOrEqual(4);
    },
  );

  test('two branches from one checkpoint keep their values apart', async () => {
    const store = openStore();
    const graph = chatGraph(new OffshootSaver(store));
    await graph.invoke(saying('one'), inThread('t'));
    const { config: fork } = await graph.getState(inThread('t'));
    const branches = [];
    for (const text of ['north', 'south']) {
      await graph.invoke(saying(text), fork);
      branches.push((await graph.getState(inThread('t'))).config);
    }
    for (const [index, text] of ['north', 'south'].entries()) {
      const { values } = await graph.getState(branches[index]!);
      expect(textsOf(values)).toEqual(['one', 're: one', text, `re: ${text}`]);
    }
    expect(textsOf((await graph.getState(fork)).values)).toEqual(['one', 're: one']);
    expect(await store.getLeaves('t')).toHaveLength(2);
  });

  test('a branch that was selected is the one that is continued', async () => {
    const store = openStore();
    const graph = chatGraph(new OffshootSaver(store));
    await graph.invoke(saying('one'), inThread('t'));
    const { config: fork } = await graph.getState(inThread('t'));
    for (const text of ['north', 'south']) await graph.invoke(saying(text), fork);

    const [, north] = await store.getLeaves('t');
    await store.selectBranch(north!.snapshotId);
    const state = await graph.invoke(saying('and on'), configOf((await store.getHead('t'))!));
    expect(textsOf(state)).toEqual(['one', 're: one', 'north', 're: north', 'and on', 're: and on']);
  });

  test.each([0, -1])('a copy of a checkpoint has all of its values, at %i', async (at) => {
    const copied = async (saver: BaseCheckpointSaver) => {
      const graph = chatGraph(saver);
      await graph.invoke(saying('one'), inThread('t'));
      const original = (await all(graph.getStateHistory(inThread('t')))).at(at)!;
      const config = await graph.updateState(original.config, null, '__copy__');
      const { values, next } = await graph.getState(config);
      expect({ values, next }).toEqual({ values: original.values, next: original.next });
      return { values: 'messages' in values && textsOf(values as never), next };
    };
    expect(await copied(new OffshootSaver(openStore()))).toEqual(await copied(new MemorySaver()));
  });

  test('a subgraph that waits is resumed, and its checkpoints are part of the thread', async () => {
    const name = freshName();
    const first = openStore({ name });
    await graphWithSubgraph(new OffshootSaver(first)).invoke({ log: [] }, inThread('t'));
    await first.close();

    const store = openStore({ name });
    const saver = new OffshootSaver(store);
    const graph = graphWithSubgraph(saver);
    const waiting = await graph.getState(inThread('t'), { subgraphs: true });
    expect(waiting.tasks[0]!.state).toMatchObject({
      values: { log: ['before', 'draft'] },
      next: ['publish'],
    });
    expect(await graph.invoke(null, inThread('t'))).toMatchObject({
      log: ['before', 'before', 'draft', 'publish'],
    });

    // One session to list, one tree, and one transaction that deletes it.
    expect((await store.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['t']);
    expect((await store.getTree('t')).roots).toHaveLength(1);
    await saver.deleteThread('t');
    expect(await all(saver.list({}))).toEqual([]);
    expect(await store.listSessions()).toMatchObject({ sessions: [] });
  });

  test.each([false, true])(
    'after a failure only the task that failed is run again (frozen: %s)',
    async (frozen) => {
      const store = openStore({ frozen });
      const runs: string[] = [];
      let isDown = true;
      const graph = graphWithFailure(new OffshootSaver(store), runs, () => isDown);
      await expect(graph.invoke({ log: [] }, inThread('t'))).rejects.toThrow('down');
      const { tasks } = await graph.getState(inThread('t'));
      expect(tasks.map(({ name, error }) => [name, Boolean(error)])).toEqual([
        ['steady', false],
        ['flaky', true],
      ]);

      isDown = false;
      const state = await graph.invoke(null, inThread('t'));
      expect(state.log.toSorted()).toEqual(['flaky', 'steady']);
      expect(runs.toSorted()).toEqual(['flaky', 'flaky', 'steady']);
    },
  );

  test('channels that store only their changes are rebuilt, in every branch', async () => {
    const State = new StateSchema({ messages: MessagesDeltaValue });
    const store = openStore();
    const makeGraph = (saver: BaseCheckpointSaver) =>
      new StateGraph(State)
        .addNode('reply', ({ messages }) => ({
          messages: [new HumanMessage(`re: ${messages.at(-1)!.text}`)],
        }))
        .addEdge(START, 'reply')
        .compile({ checkpointer: saver });
    const graph = makeGraph(new OffshootSaver(store));
    for (const text of ['one', 'two']) await graph.invoke(saying(text), inThread('t'));
    const [, , , fork] = await all(graph.getStateHistory(inThread('t')));
    const before = textsOf(fork!.values as never);
    await graph.invoke(saying('instead'), fork!.config);
    const { values } = await makeGraph(new OffshootSaver(store)).getState(inThread('t'));
    expect(textsOf(values as never)).toEqual([...before, 'instead', 're: instead']);
  });

  test('a long thread stores each message once', async () => {
    const store = openStore();
    const graph = chatGraph(new OffshootSaver(store));
    const turns = 15;
    for (let turn = 0; turn < turns; turn++)
      await graph.invoke(saying(`${turn} `.padEnd(10_000, 'x')), inThread('t'));
    const { sessions } = await store.storage();
    // What is said is input, a write and a message; the answer a write and a message. Whole states would be 7 MB.
    expect(sessions[0]!.bytes).toBeLessThan(turns * 10_000 * 6);
  });

  test('two tabs that invoke one thread at once make two branches, and both stay', async () => {
    const name = freshName();
    const [one, other] = [1, 2].map(() => openStore({ name }));
    await chatGraph(new OffshootSaver(one!)).invoke(saying('one'), inThread('t'));
    const graphs = [one!, other!].map((store) => chatGraph(new OffshootSaver(store)));
    const { config } = await graphs[0]!.getState(inThread('t'));
    const states = await Promise.all(graphs.map((graph, tab) => graph.invoke(saying(`tab ${tab}`), config)));
    expect(states.map(textsOf)).toEqual(
      [0, 1].map((tab) => ['one', 're: one', `tab ${tab}`, `re: tab ${tab}`]),
    );
    const leaves = await other!.getLeaves('t');
    const kept = await Promise.all(
      leaves.map(async (leaf) => textsOf((await graphs[0]!.getState(configOf(leaf)!)).values)[2]),
    );
    expect(new Set(kept)).toEqual(new Set(['tab 0', 'tab 1']));
  });

  test('a thread is exported, imported elsewhere and gone on with', async () => {
    const from = openStore();
    const to = openStore();
    await chatGraph(new OffshootSaver(from)).invoke(saying('one'), inThread('t'));
    await to.importSessions(from.exportSessions({ sessionIds: ['t'] }));
    const state = await chatGraph(new OffshootSaver(to)).invoke(saying('two'), inThread('t'));
    expect(textsOf(state)).toEqual(['one', 're: one', 'two', 're: two']);
    expect((await to.getTree('t')).roots).toHaveLength(1);
  });

  test('what a policy deletes of a thread leaves its newest branch whole', async () => {
    const store = openStore();
    const graph = chatGraph(new OffshootSaver(store));
    await graph.invoke(saying('one'), inThread('t'));
    const { config } = await graph.getState(inThread('t'));
    for (const text of ['north', 'south']) await graph.invoke(saying(text), config);
    await store.retain({ maxSnapshotsPerSession: 6 });
    expect(await store.getLeaves('t')).toHaveLength(1);
    expect(textsOf((await graph.getState(inThread('t'))).values)).toEqual([
      'one',
      're: one',
      'south',
      're: south',
    ]);
    expect(await all(graph.getStateHistory(inThread('t')))).toHaveLength(6);
  });

  test('a graph runs on an encrypted store', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const graph = chatGraph(new OffshootSaver(openStore({ encryption: { key } })));
    for (const text of ['one', 'two']) await graph.invoke(saying(text), inThread('t'));
    expect(textsOf((await graph.getState(inThread('t'))).values)).toEqual([
      'one',
      're: one',
      'two',
      're: two',
    ]);
  });
}

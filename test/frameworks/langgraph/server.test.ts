import { Annotation, Command, interrupt, START, StateGraph } from '@langchain/langgraph';
import { expect, test } from 'vitest';
import { OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { inThread } from './graphs.js';

const State = Annotation.Root({ answers: Annotation<string[]> });

// In a page there is no AsyncLocalStorage, which interrupt() needs; everything else is tested there as well.
test('a question that interrupts a node is answered after the store was closed', async () => {
  const name = freshName();
  const makeGraph = (checkpointer: OffshootSaver) =>
    new StateGraph(State)
      .addNode('ask', () => ({ answers: [interrupt('Name?'), interrupt('Age?')] as string[] }))
      .addEdge(START, 'ask')
      .compile({ checkpointer });
  const asked: unknown[] = [];
  for (const resume of [undefined, 'Ada', '36']) {
    const store = openStore({ name });
    const graph = makeGraph(new OffshootSaver(store));
    const input = resume === undefined ? { answers: [] } : new Command({ resume });
    await graph.invoke(input as { answers: string[] }, inThread('t'));
    const { tasks, values } = await graph.getState(inThread('t'));
    asked.push(tasks[0]?.interrupts[0]?.value ?? values);
    await store.close();
  }
  expect(asked).toEqual(['Name?', 'Age?', { answers: ['Ada', '36'] }]);
});

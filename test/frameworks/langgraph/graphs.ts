import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import {
  Annotation,
  END,
  MessagesAnnotation,
  START,
  StateGraph,
  type BaseCheckpointSaver,
} from '@langchain/langgraph/web';

export const inThread = (thread_id: string) => ({ configurable: { thread_id } });
export const saying = (text: string) => ({ messages: [new HumanMessage(text)] });
export const textsOf = ({ messages }: { messages: BaseMessage[] }) => messages.map(({ text }) => text);

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

/** A chat that answers with what it was told. */
export function chatGraph(checkpointer: BaseCheckpointSaver) {
  return new StateGraph(MessagesAnnotation)
    .addNode('reply', ({ messages }) => ({ messages: [new AIMessage(`re: ${messages.at(-1)!.text}`)] }))
    .addEdge(START, 'reply')
    .addEdge('reply', END)
    .compile({ checkpointer });
}

const Steps = Annotation.Root({
  log: Annotation<string[]>({ reducer: (before, added) => [...before, ...added], default: () => [] }),
});

/** A graph whose middle node is a graph of two steps, the second of which waits to be let through. */
export function graphWithSubgraph(checkpointer: BaseCheckpointSaver) {
  const inner = new StateGraph(Steps)
    .addNode('draft', () => ({ log: ['draft'] }))
    .addNode('publish', () => ({ log: ['publish'] }))
    .addEdge(START, 'draft')
    .addEdge('draft', 'publish')
    .compile({ interruptBefore: ['publish'] });
  return new StateGraph(Steps)
    .addNode('before', () => ({ log: ['before'] }))
    .addNode('inner', inner)
    .addEdge(START, 'before')
    .addEdge('before', 'inner')
    .compile({ checkpointer });
}

/** Two nodes in one step; `flaky` fails as long as `isDown()`. */
export function graphWithFailure(checkpointer: BaseCheckpointSaver, runs: string[], isDown: () => boolean) {
  return new StateGraph(Steps)
    .addNode('steady', () => {
      runs.push('steady');
      return { log: ['steady'] };
    })
    .addNode('flaky', async () => {
      runs.push('flaky');
      // A failure ends the step, so the other has to be done by then.
      await new Promise((resolve) => void setTimeout(resolve, 50));
      if (isDown()) throw new Error('down');
      return { log: ['flaky'] };
    })
    .addEdge(START, 'steady')
    .addEdge(START, 'flaky')
    .compile({ checkpointer });
}

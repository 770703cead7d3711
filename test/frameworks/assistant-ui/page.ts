import {
  AssistantRuntimeProvider,
  useAui,
  useLocalRuntime,
  useRemoteThreadListRuntime,
  type AssistantRuntime,
  type ChatModelAdapter,
  type ThreadMessage,
} from '@assistant-ui/react';
import { createElement, type ReactElement } from 'react';
import { expect, onTestFinished } from 'vitest';
import { openThreadList, type ThreadListOptions } from '../../../src/adapters/assistant-ui/index.js';
import { eventually } from '../../assertions/eventually.js';
import { openStore } from '../../stores/open-store.js';

/** Shows an element, with whatever draws where the tests run; returns what takes it away. */
export type Render = (element: ReactElement) => () => void;

export const textOf = ({ content }: ThreadMessage): string =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** What a page does when it loads: a list of threads, and the runtime of assistant-ui around it. */
export async function openPage(render: Render, name: string, options: ThreadListOptions = {}) {
  const store = openStore({ name });
  const failures: unknown[] = [];
  const threads = openThreadList(store, { useAui, onError: (error) => failures.push(error), ...options });
  let turns = 0;
  const model: ChatModelAdapter = {
    async run({ messages }) {
      turns++;
      return { content: [{ type: 'text', text: `${turns}: ${textOf(messages.at(-1)!)}` }] };
    },
  };
  let runtime!: AssistantRuntime;
  const runtimeHook = () => useLocalRuntime(model);
  function App() {
    runtime = useRemoteThreadListRuntime({ adapter: threads, runtimeHook });
    return createElement(AssistantRuntimeProvider, { runtime, children: null });
  }
  const close = render(createElement(App));
  onTestFinished(close);
  await eventually(() => runtime && !runtime.threads.getState().isLoading, 'the list of threads is loaded');

  const messages = () => runtime.thread.getState().messages;
  const texts = () => messages().map(textOf);
  const remoteId = () => runtime.threads.mainItem.getState().remoteId!;
  /** Until the answer is there, and saved. */
  async function answered(act: () => unknown) {
    const before = turns;
    act();
    await eventually(() => turns > before && !runtime.thread.getState().isRunning, 'it is answered');
    const last = messages().at(-1)!.id;
    const isSaved = async () => {
      const stored = await threads.history(runtime.threads.mainItem).load();
      return stored.messages.some(({ message }) => message.id === last);
    };
    await expect.poll(isSaved).toBe(true);
  }
  return {
    store,
    threads,
    failures,
    close,
    messages,
    texts,
    remoteId,
    get runtime() {
      return runtime;
    },
    send: (text: string) => answered(() => runtime.thread.append(text)),
    reload: (index: number) => answered(() => runtime.thread.getMessageByIndex(index).reload()),
    edit: (index: number, text: string) =>
      answered(() => {
        const parentId = messages()[index - 1]?.id ?? null;
        runtime.thread.append({ parentId, role: 'user', content: [{ type: 'text', text }] });
      }),
    async open(threadId: string, count: number) {
      await runtime.threads.switchToThread(threadId);
      await eventually(() => messages().length === count, 'the messages are loaded');
    },
  };
}

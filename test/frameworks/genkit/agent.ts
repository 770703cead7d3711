import { genkit, z, type MessageData, type SessionStore } from 'genkit/beta';

/**
 * An agent with a model of a few lines, so that a test decides how every turn goes:
 *
 * - `fail …`: the model throws;
 * - `slow …`: it answers only after `release()`, and gives up when its abort signal fires;
 * - `stubborn …`: the same, but it does not listen to its abort signal;
 * - `ask …`: it calls the tool `confirm`, which interrupts the turn;
 * - anything else comes back behind the number of user messages that the model was given: a message that was
 *   lost or doubled on the way shows in the answer.
 */
export function createAgent(store: SessionStore) {
  // `null`: there is no folder of prompts to read.
  const ai = genkit({ promptDir: null });
  const { pass, ...slowCalls } = createGate();

  const confirm = ai.defineInterrupt({
    name: 'confirm',
    description: 'Asks the user.',
    inputSchema: z.object({ question: z.string() }),
    outputSchema: z.string(),
  });

  const model = ai.defineModel(
    { apiVersion: 'v2', name: 'echo', supports: { multiturn: true, tools: true } },
    async ({ messages }, { sendChunk, abortSignal }) => {
      const said = messages.filter((message) => message.role === 'user');
      const text = textOf(said.at(-1));
      const confirmed = messages.at(-1)?.content.find((part) => part.toolResponse)?.toolResponse;

      if (text.startsWith('fail')) throw new Error(`The model cannot answer "${text}".`);
      if (text.startsWith('slow')) await pass(abortSignal);
      if (text.startsWith('stubborn')) await pass();
      if (text.startsWith('ask') && !confirmed) {
        const toolRequest = { name: 'confirm', ref: `question-${said.length}`, input: { question: text } };
        return { message: { role: 'model', content: [{ toolRequest }] }, finishReason: 'stop' };
      }

      const reply = `${said.length}: ${confirmed ? `you said ${String(confirmed.output)}` : text}`;
      for (const word of reply.split(/(?<= )/)) sendChunk({ content: [{ text: word }] });
      return { message: { role: 'model', content: [{ text: reply }] }, finishReason: 'stop' };
    },
  );

  const agent = ai.defineAgent({ name: 'chat', model, system: 'Repeat.', tools: [confirm], store });
  return { agent, ...slowCalls };
}

/** What a message says; a question mark if it only calls a tool. */
export function textOf(message: MessageData | undefined): string {
  return (message?.content ?? []).map((part) => part.text ?? (part.toolRequest ? '?' : '')).join('');
}

function createGate() {
  const waiting = new Set<() => void>();
  let started = 0;
  let stopped = 0;

  const pass = (signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      started += 1;
      waiting.add(resolve);
      const stop = () => {
        stopped += 1;
        waiting.delete(resolve);
        reject(new Error('The model call was aborted.'));
      };
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });

  return {
    pass,
    /** How many slow or stubborn calls the model has begun. */
    started: () => started,
    /** How many of them were stopped by their abort signal. */
    stopped: () => stopped,
    /** Lets the calls that wait answer. */
    release: () => {
      for (const proceed of waiting) proceed();
      waiting.clear();
    },
  };
}

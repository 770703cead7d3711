import type { Answer, Calls } from './sqlite/protocol.js';
import { NotOffered, type State, type Variant } from './variant.js';

/**
 * SQLite in the origin's private file system (opfs-sahpool), in a worker: told what is new, a row for each message. One
 * tab can have it open.
 */
export const create = (): Variant => createWith({ relaxed: false });

/** With its settings as they come, which sync every commit, or with those that keep as much as the others here. */
export function createWith({ relaxed }: { relaxed: boolean }): Variant {
  const worker = new Worker(new URL('./sqlite/worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve: (value: any) => void; reject: (error: Error) => void }>();
  let calls = 0;
  worker.onmessage = ({ data: { number, value, error } }: MessageEvent<Answer>) => {
    const call = waiting.get(number);
    waiting.delete(number);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  };
  worker.onerror = ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(`the worker failed: ${message}`));
  };
  function ask<Name extends keyof Calls>(
    name: Name,
    argument?: Parameters<Calls[Name]>[0],
  ): Promise<Awaited<ReturnType<Calls[Name]>>> {
    return new Promise((resolve, reject) => {
      const number = ++calls;
      waiting.set(number, { resolve, reject });
      worker.postMessage({ number, name, argument });
    });
  }

  return {
    open: () => ask('open', relaxed),
    async close() {
      await ask('close');
      worker.terminate();
    },
    living: () => ask('living'),
    chat: {
      async save({ added, state, ...turn }) {
        if (added.some(({ content }) => content.some(({ data }) => data !== undefined))) {
          throw new NotOffered('keeps JSON, which has no Blobs');
        }
        const rows = added.map((message) => JSON.stringify(message));
        await ask('save', { ...turn, length: state.messages.length, added: rows });
      },
      async readLatest(sessionId): Promise<State | undefined> {
        const messages = await ask('readLatest', sessionId);
        return messages === undefined ? undefined : { sessionId, messages: JSON.parse(messages) };
      },
    },
  };
}

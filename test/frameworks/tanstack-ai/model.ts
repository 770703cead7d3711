import type { ConnectConnectionAdapter, UIMessage } from '@tanstack/ai-client';

type StreamChunk =
  ReturnType<ConnectConnectionAdapter['connect']> extends AsyncIterable<infer Chunk> ? Chunk : never;

/** A server that answers "1: hello" to the first "hello", word by word, and so on. */
export class Model implements ConnectConnectionAdapter {
  /** What it was asked, each time the texts of all messages. */
  readonly asked: string[][] = [];
  /** Stops after so many words, and waits until it is aborted. */
  stallsAfter = Infinity;

  async *connect(
    messages: Parameters<ConnectConnectionAdapter['connect']>[0],
    _data?: unknown,
    signal?: AbortSignal,
  ): AsyncIterable<StreamChunk> {
    this.asked.push((messages as UIMessage[]).map(textOf));
    const turn = this.asked.length;
    const run = { runId: `run-${crypto.randomUUID()}`, threadId: 'trip', timestamp: Date.now() };
    const messageId = `answer-${crypto.randomUUID()}`;
    const words = `${turn}: ${textOf((messages as UIMessage[]).at(-1)!)}`.split(/(?<= )/);
    yield { type: 'RUN_STARTED', ...run } as StreamChunk;
    yield { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant', timestamp: 0 } as StreamChunk;
    for (const delta of words.slice(0, this.stallsAfter)) {
      yield { type: 'TEXT_MESSAGE_CONTENT', messageId, delta, timestamp: 0 } as StreamChunk;
    }
    if (words.length > this.stallsAfter) {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      return;
    }
    yield { type: 'TEXT_MESSAGE_END', messageId, timestamp: 0 } as StreamChunk;
    yield { type: 'RUN_FINISHED', ...run, finishReason: 'stop' } as StreamChunk;
  }
}

export const textOf = ({ parts }: UIMessage): string =>
  parts.map((part) => (part.type === 'text' ? part.content : '')).join('');

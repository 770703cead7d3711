import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai';

/** A server that answers "1: hello" to the first "hello", word by word, and so on. */
export class Model implements ChatTransport<UIMessage> {
  /** What it was asked, each time the texts of all messages. */
  readonly asked: string[][] = [];
  /** Fails with this instead of answering. */
  failure: Error | undefined;
  /** Stops after so many words, and waits until it is aborted. */
  stallsAfter = Infinity;

  async sendMessages({
    messages,
    abortSignal,
  }: Parameters<ChatTransport<UIMessage>['sendMessages']>[0]): Promise<ReadableStream<UIMessageChunk>> {
    if (this.failure) throw this.failure;
    this.asked.push(messages.map(textOf));
    const words = `${this.asked.length}: ${textOf(messages.at(-1)!)}`.split(/(?<= )/);
    const { stallsAfter } = this;
    return new ReadableStream({
      start(controller) {
        controller.enqueue({ type: 'start' });
        controller.enqueue({ type: 'text-start', id: 'text' });
        for (const delta of words.slice(0, stallsAfter)) {
          controller.enqueue({ type: 'text-delta', id: 'text', delta });
        }
        if (words.length > stallsAfter) {
          abortSignal?.addEventListener('abort', () => controller.error(abortSignal.reason));
          return;
        }
        controller.enqueue({ type: 'text-end', id: 'text' });
        controller.enqueue({ type: 'finish', finishReason: 'stop' });
        controller.close();
      },
    });
  }

  async reconnectToStream(): Promise<null> {
    return null;
  }
}

export const textOf = ({ parts }: UIMessage): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

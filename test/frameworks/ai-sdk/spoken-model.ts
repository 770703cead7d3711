import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai';

type Request = Parameters<ChatTransport<UIMessage>['sendMessages']>[0];

/** A server that says what the test makes it say. */
export class SpokenModel implements ChatTransport<UIMessage> {
  readonly requests: Request[] = [];
  readonly reconnects: unknown[] = [];
  readonly #streams: ReadableStreamDefaultController<UIMessageChunk>[] = [];

  async sendMessages(request: Request): Promise<ReadableStream<UIMessageChunk>> {
    this.requests.push(request);
    return this.#stream(request.abortSignal);
  }

  async reconnectToStream(options: object): Promise<null> {
    this.reconnects.push(options);
    return null;
  }

  say(...chunks: UIMessageChunk[]): void {
    for (const chunk of chunks) this.#streams.at(-1)!.enqueue(chunk);
  }

  /** Begins a text. */
  begin(text: string, messageId?: string): void {
    this.say({ type: 'start', ...(messageId && { messageId }) }, { type: 'text-start', id: 'text' });
    this.go(text);
  }

  go(delta: string): void {
    this.say({ type: 'text-delta', id: 'text', delta });
  }

  end(): void {
    this.say({ type: 'text-end', id: 'text' }, { type: 'finish', finishReason: 'stop' });
    this.#streams.at(-1)!.close();
  }

  fail(error: Error): void {
    this.#streams.at(-1)!.error(error);
  }

  #stream(signal: AbortSignal | undefined): ReadableStream<UIMessageChunk> {
    return new ReadableStream({
      start: (controller) => {
        this.#streams.push(controller);
        signal?.addEventListener('abort', () => {
          try {
            controller.error(new DOMException('stopped', 'AbortError'));
          } catch {
            // It was over.
          }
        });
      },
    });
  }
}

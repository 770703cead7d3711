import type { ChatTransport, UIMessage } from 'ai';
import type { Answer, Request } from './answer.js';

/** Passes everything on, and gives each answer to whoever saves it; an error of that never reaches the stream. */
export class SavingTransport<M extends UIMessage> implements ChatTransport<M> {
  readonly #inner: ChatTransport<M>;
  readonly #answerTo: (request: Request<M>) => Answer<M> | undefined;

  constructor(inner: ChatTransport<M>, answerTo: (request: Request<M>) => Answer<M> | undefined) {
    this.#inner = inner;
    this.#answerTo = answerTo;
  }

  /** Newer frameworks ask for it. */
  get resumeStreamIsReplay(): boolean {
    return (this.#inner as { resumeStreamIsReplay?: boolean }).resumeStreamIsReplay ?? false;
  }

  readonly sendMessages: ChatTransport<M>['sendMessages'] = async (request) => {
    const answer = this.#answerTo(request);
    if (!answer) return this.#inner.sendMessages(request);
    try {
      return answer.through(await this.#inner.sendMessages({ ...request, abortSignal: answer.signal }));
    } catch (error) {
      answer.close(error);
      throw error;
    }
  };

  readonly reconnectToStream: ChatTransport<M>['reconnectToStream'] = (options) =>
    this.#inner.reconnectToStream(options);

  readonly close = (): void => (this.#inner as { close?: () => void }).close?.();
}

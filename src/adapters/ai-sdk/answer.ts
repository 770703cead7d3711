import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai';
import { nanoid } from 'nanoid';
import type { Message, SessionState } from '../../index.js';
import type { LiveTurn, TurnEnd } from '../shared/live-turn.js';
import { Assembly, type ReadUIMessageStream } from './assembly.js';
import { outcomeOf, type Finish } from './outcome.js';

export type Request<M extends UIMessage> = Parameters<ChatTransport<M>['sendMessages']>[0];

/** What an answer asks of its chat. */
export interface AnswerSaver<M extends UIMessage> {
  /** Saves the turn as it begins; `undefined` if that failed, which has been told. */
  begin(answer: Answer<M>): Promise<LiveTurn | undefined>;
  /** Told when the stream is over, and all of it has been read. */
  ended(answer: Answer<M>): void;
}

/** An answer that streams through a chat's transport. */
export class Answer<M extends UIMessage> {
  /** The turn that it is saved as; `undefined` until it is to be saved. */
  turn: Promise<LiveTurn | undefined> | undefined;
  /** Whether nothing more is to come: what was last is saved, or will be by `onFinish`. */
  isOver = false;
  /** The conversation with what has been answered so far. */
  messages: M[];
  /** Resolves when the stream is over, or could not be had, and the chat was told so. */
  closed: Promise<void> | undefined;
  readonly #question: readonly M[];
  /** The message that the answer continues, after tools or an approval. */
  readonly #begun: M | undefined;
  readonly #saver: AnswerSaver<M>;
  readonly #assembly: Assembly<M>;
  readonly #stop = new AbortController();
  /** Whether the server said that it stopped, which the framework does not tell. */
  #isAborted = false;
  #isLeft = false;
  #finish: Extract<UIMessageChunk, { type: 'finish' }> | undefined;
  #error: string | undefined;

  /** `messages` are a copy. */
  constructor(
    messages: M[],
    { trigger, messageId, abortSignal }: Request<M>,
    read: ReadUIMessageStream,
    saver: AnswerSaver<M>,
  ) {
    this.messages = messages;
    this.#question = messages;
    this.#saver = saver;
    const continued = messages.find(({ id }) => id === messageId) ?? messages.at(-1);
    this.#begun = trigger === 'submit-message' && continued?.role === 'assistant' ? continued : undefined;
    this.#assembly = new Assembly(read, this.#begun, (message) => this.#heard(message));
    const stop = () => this.stop(abortSignal?.reason);
    if (abortSignal?.aborted) stop();
    else abortSignal?.addEventListener('abort', stop, { once: true });
  }

  /** For the request: aborted by the chat, or because the turn was ended elsewhere. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(reason?: unknown): void {
    this.#stop.abort(reason);
    // A stream that nobody reads any more tells nothing.
    this.close();
  }

  /** The same stream, noted while it is read. */
  through(stream: ReadableStream<UIMessageChunk>): ReadableStream<UIMessageChunk> {
    const reader = stream.getReader();
    let isFirst = true;
    return new ReadableStream<UIMessageChunk>(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await reader.read();
            if (done) {
              this.close();
              return controller.close();
            }
            const chunks = isFirst ? this.#named(value) : [value];
            isFirst = false;
            for (const chunk of chunks) {
              this.#note(chunk);
              controller.enqueue(chunk);
            }
          } catch (error) {
            this.close(error);
            controller.error(error);
          }
        },
        cancel: (reason) => {
          // The chat reads no further, also where it fails itself: that it tells in `onFinish`.
          this.#isLeft = this.#error === undefined;
          this.close();
          return reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Ends the answer: nothing more is to come. */
  close(error?: unknown): void {
    if (error !== undefined) this.#error ??= messageOf(error);
    this.closed ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#assembly.close();
    if (!this.isOver) this.#saver.ended(this);
    this.isOver = true;
  }

  /** How it ended, as the chat tells, otherwise the stream. */
  endOf(finish?: Finish<M>): TurnEnd {
    const { failure: cause } = this.#assembly;
    const failure = this.#error ?? (cause === undefined ? undefined : messageOf(cause));
    const finishReason = (finish ?? this.#finish)?.finishReason;
    const end = outcomeOf({
      isAbort: this.#isAborted || this.signal.aborted || (finish ? finish.isAbort : this.#isLeft),
      isError: finish ? finish.isError : failure !== undefined,
      ...(finishReason && { finishReason }),
    });
    return {
      ...end,
      ...(end.status === 'failed' && failure !== undefined && { error: { message: failure } }),
    };
  }

  /** An answer without an id would get one from the chat, and another here. */
  #named(first: UIMessageChunk): UIMessageChunk[] {
    if (this.#begun) return [first];
    if (first.type !== 'start') return [{ type: 'start', messageId: nanoid() }, first];
    return first.messageId === undefined ? [{ ...first, messageId: nanoid() }] : [first];
  }

  #note(chunk: UIMessageChunk): void {
    if (chunk.type === 'finish') this.#finish = chunk;
    else if (chunk.type === 'error') this.#error ??= chunk.errorText;
    else if (chunk.type === 'abort') this.#isAborted = true;
    this.#assembly.add(chunk);
  }

  #heard(message: M): void {
    if (this.isOver || message.parts.length === 0) return;
    const at = this.#question.findIndex(({ id }) => id === (this.#begun ?? message).id);
    this.messages = [...this.#question];
    this.messages[at < 0 ? this.#question.length : at] = message;
    this.turn ??= this.#saver.begin(this);
    void this.#update(this.turn, { messages: this.messages as unknown as Message[] });
  }

  async #update(turn: Promise<LiveTurn | undefined>, state: SessionState): Promise<void> {
    const begun = await turn;
    if (!this.isOver) begun?.update(() => state);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { UIMessage, UIMessageChunk } from 'ai';

/** `readUIMessageStream` of the `ai` package that the application has. */
export type ReadUIMessageStream = <M extends UIMessage>(options: {
  message?: M;
  stream: ReadableStream<UIMessageChunk>;
  onError?: (error: unknown) => void;
}) => AsyncIterable<M>;

/** How long chunks are gathered, in ms: the framework copies the whole message for each chunk. */
const GATHER_MS = 100;

/** The chunks that are pieces of one text, which may be read as one. */
const PIECES: Record<string, string> = {
  'text-delta': 'delta',
  'reasoning-delta': 'delta',
  'tool-input-delta': 'inputTextDelta',
};

type Fields = Record<string, unknown>;

/** Makes messages of the chunks of an answer, by the framework's own function. */
export class Assembly<M extends UIMessage> {
  /** An error of the function, as for chunks in a wrong order. */
  failure: unknown;
  readonly #read: Promise<void>;
  #feed!: ReadableStreamDefaultController<UIMessageChunk>;
  #gathered: UIMessageChunk[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(read: ReadUIMessageStream, message: M | undefined, heard: (message: M) => void) {
    const stream = new ReadableStream<UIMessageChunk>({ start: (feed) => void (this.#feed = feed) });
    const onError = (error: unknown) => void (this.failure ??= error);
    const all = async () => {
      for await (const next of read<M>({ ...(message && { message }), stream, onError })) heard(next);
    };
    this.#read = all().catch(onError);
  }

  add(chunk: UIMessageChunk): void {
    const last = this.#gathered.at(-1);
    const joined = last && joinedOf(last, chunk);
    if (joined) this.#gathered[this.#gathered.length - 1] = joined;
    // A copy, since the framework makes parts of some chunks, and changes those.
    else this.#gathered.push({ ...chunk });
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /** Resolves when all chunks have been read. */
  async close(): Promise<void> {
    this.#flush();
    try {
      this.#feed.close();
    } catch {
      // The reader gave up, or this was called before.
    }
    await this.#read;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const chunks = this.#gathered;
    this.#gathered = [];
    try {
      for (const chunk of chunks) this.#feed.enqueue(chunk);
    } catch {
      // The reader gave up, and has told why.
    }
  }
}

function joinedOf(last: UIMessageChunk, next: UIMessageChunk): UIMessageChunk | undefined {
  const key = PIECES[next.type];
  const [a, b] = [last, next] as unknown as [Fields, Fields];
  if (key === undefined || a['type'] !== b['type'] || a['providerMetadata'] || b['providerMetadata'])
    return undefined;
  if (a['id'] !== b['id'] || a['toolCallId'] !== b['toolCallId']) return undefined;
  return { ...next, [key]: `${String(a[key])}${String(b[key])}` };
}

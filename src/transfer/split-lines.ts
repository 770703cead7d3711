import { SessionStoreError } from '../errors.js';
import { invalid } from '../validation/argument.js';
import { described } from '../validation/described.js';
import { reading } from '../validation/given.js';

const NEWLINE = 0x0a;

export interface RawLine {
  /** From 1. */
  number: number;
  /** With its newline. Overwritten by the next line. */
  bytes: Uint8Array;
}

/** Cuts a stream into lines, and holds no more than one of them. Lets go of the stream when it ends, or is left. */
export async function* splitLines(
  stream: ReadableStream<Uint8Array>,
  maxLineBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<RawLine, void, undefined> {
  if (!reading('stream', () => stream instanceof ReadableStream && !stream.locked)) {
    throw invalid('stream', `expected a ReadableStream that nobody reads yet, got ${described(stream)}`);
  }
  const reader = stream.getReader();
  // A stream that has stalled would be waited for for good.
  const cancel = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', cancel);
  const line = new LineBuffer(maxLineBytes);
  let number = 1;
  let isDone = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await read(reader);
      if (done) break;
      if (!(value instanceof Uint8Array)) throw invalid('stream', 'expected a stream of Uint8Array');
      let start = 0;
      for (let end = value.indexOf(NEWLINE); end !== -1; end = value.indexOf(NEWLINE, start)) {
        line.add(value.subarray(start, end + 1), number);
        yield { number, bytes: line.take() };
        number++;
        start = end + 1;
      }
      line.add(value.subarray(start), number);
    }
    signal?.throwIfAborted();
    isDone = true;
    if (line.length > 0) throw cutOff(number, 'ends in its midst');
  } finally {
    signal?.removeEventListener('abort', cancel);
    if (!isDone) cancel();
    reader.releaseLock();
  }
}

export function cutOff(number: number, problem: string): SessionStoreError {
  const path = `line ${number}`;
  return new SessionStoreError('DATA_LOSS', `${path}: ${problem}. The file is cut off`, path);
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (cause) {
    throw new SessionStoreError('UNAVAILABLE', 'the stream failed; see cause', 'stream', cause);
  }
}

/** A line that grows, however small the pieces are that it comes in. */
class LineBuffer {
  length = 0;
  #bytes = new Uint8Array(1024);

  constructor(readonly most: number) {}

  add(part: Uint8Array, number: number): void {
    const length = this.length + part.length;
    if (length > this.most) {
      throw invalid(
        `line ${number}`,
        `is longer than ${this.most} bytes. Raise maxLineBytes if it has to be`,
      );
    }
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.length));
      this.#bytes = grown;
    }
    this.#bytes.set(part, this.length);
    this.length = length;
  }

  take(): Uint8Array {
    const line = this.#bytes.subarray(0, this.length);
    this.length = 0;
    return line;
  }
}

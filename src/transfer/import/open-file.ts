import { touched } from '../../platform/browser.js';
import { isBytes } from '../../platform/kind.js';
import { SessionStoreError } from '../../errors.js';
import { invalid } from '../../values/arguments.js';
import { described } from '../../values/schema.js';
import { reading } from '../../values/given.js';

/** The limit for an unpacked file, as a multiple of the packed size. */
const MOST_TIMES = 200;

/** The byte order mark of UTF-8. */
const MARK = [0xef, 0xbb, 0xbf];

/** Removes a byte order mark, which some editors add. */
export const unmarked = (bytes: Uint8Array): Uint8Array =>
  MARK.every((byte, i) => bytes[i] === byte) ? bytes.subarray(MARK.length) : bytes;

/** File types by their first bytes. */
const KINDS: [name: string, ...bytes: number[]][] = [
  ['gzip', 0x1f, 0x8b],
  ['UTF-8 with a BOM', ...MARK],
  ['a zip archive: unpack it, then import what is in it', 0x50, 0x4b, 0x03, 0x04],
  ['UTF-16: save it as UTF-8', 0xff, 0xfe],
  ['UTF-16: save it as UTF-8', 0xfe, 0xff],
];

const MOST_PEEKED = 4;

export function notAnExport(what: string, path = 'file'): SessionStoreError {
  return invalid(path, `is not an Offshoot export: ${what}. Choose a file that exportSessions() wrote`);
}

/** The bytes of an export in a file or a stream, unpacked and without a byte order mark. */
export async function* openFile(
  source: Blob | ReadableStream<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = chunksOf(streamOf(source), signal);
  try {
    const first = await peek(chunks);
    if (first.length === 0) throw notAnExport('it is empty');
    const kind = KINDS.find(([, ...bytes]) => bytes.every((byte, i) => first[i] === byte))?.[0];
    if (kind === 'gzip') yield* unpacked(first, chunks, maxBytes, signal);
    else if (kind === undefined || kind.startsWith('UTF-8')) {
      const begun = kind === undefined ? first : await withoutMark(first, chunks);
      if (begun.length === 0) throw notAnExport('it is empty but for a byte order mark');
      yield begun;
      yield* chunks;
    } else throw notAnExport(`it is ${kind}`);
  } finally {
    await chunks.return();
  }
}

function streamOf(source: unknown): ReadableStream<Uint8Array> {
  const stream = reading('stream', () => {
    if (source instanceof Blob) return source.stream();
    return source instanceof ReadableStream && !source.locked ? source : undefined;
  });
  if (stream) return stream;
  const what = described(source);
  throw invalid('stream', `expected a Blob, a File, or a ReadableStream that nobody reads yet, got ${what}`);
}

/** Reads a stream, and releases it at the end or when the reader stops early. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  // On abort the stream is cancelled, since a stalled stream would never answer.
  const cancel = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', cancel);
  let isDone = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await read(reader);
      if (done) break;
      if (!isBytes(value)) throw invalid('stream', 'expected a stream of Uint8Array');
      if (isTransferred(value)) throw invalid('stream', 'has bytes that were transferred. Enqueue a copy');
      yield value;
    }
    signal?.throwIfAborted();
    isDone = true;
  } finally {
    signal?.removeEventListener('abort', cancel);
    if (!isDone) cancel();
    reader.releaseLock();
  }
}

/** A transferred buffer would look empty. */
function isTransferred({ length, buffer }: Uint8Array): boolean {
  try {
    return length === 0 && !new Uint8Array(buffer);
  } catch {
    return true;
  }
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

/** The first bytes, enough to tell the file type. */
async function peek(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let first = new Uint8Array();
  while (first.length < MOST_PEEKED) {
    const { done, value } = await chunks.next();
    if (done) break;
    const longer = new Uint8Array(first.length + value.length);
    longer.set(first);
    longer.set(value, first.length);
    first = longer;
  }
  return first;
}

async function withoutMark(first: Uint8Array, chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let rest = unmarked(first);
  while (rest.length === 0) {
    const { done, value } = await chunks.next();
    if (done) break;
    rest = value;
  }
  return rest;
}

async function* unpacked(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const unpacker = touched(() => new DecompressionStream('gzip'));
  if (!unpacker) {
    throw new SessionStoreError(
      'UNAVAILABLE',
      'file: is packed with gzip, which this browser cannot unpack. Unpack it before it is imported',
      'file',
    );
  }
  let packed = 0;
  let size = 0;
  let failure: unknown;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = packed === 0 ? { done: false, value: first } : await rest.next();
          if (done || !value) return controller.close();
          packed += value.length;
          controller.enqueue(Uint8Array.from(value));
        } catch (error) {
          failure = error;
          controller.error(error);
        }
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
  try {
    for await (const chunk of chunksOf(source.pipeThrough(unpacker), signal)) {
      size += chunk.length;
      if (size > maxBytes) {
        throw invalid('file', `expands to more than ${maxBytes} bytes. Raise maxBytes if it has to be`);
      }
      if (size > MOST_TIMES * packed && size > MOST_TIMES * 1024) {
        throw invalid(
          'file',
          `expands to more than ${MOST_TIMES} times its size. Unpack it before it is imported`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (failure) throw failure;
    if (!(error instanceof SessionStoreError) || error.status !== 'UNAVAILABLE') throw error;
    throw new SessionStoreError(
      'DATA_LOSS',
      'file: is damaged or cut off: it cannot be unpacked',
      'file',
      error.cause,
    );
  }
}

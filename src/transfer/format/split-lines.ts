import { SessionStoreError } from '../../errors.js';
import { invalid } from '../../values/arguments.js';
import { notAnExport } from '../import/open-file.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

const HEADER = '{"type":"header"';

export interface RawLine {
  /** Counted from 1. */
  number: number;
  /** Includes the newline. Overwritten by the next line. */
  bytes: Uint8Array;
}

/** Splits bytes into lines, with at most one of them in memory. A CR before a newline is dropped. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<RawLine, void, undefined> {
  const line = new LineBuffer(maxLineBytes);
  let number = 1;
  for await (const value of chunks) {
    let start = 0;
    for (let end = value.indexOf(NEWLINE); end !== -1; end = value.indexOf(NEWLINE, start)) {
      line.add(value.subarray(start, end + 1), number);
      yield { number, bytes: line.take() };
      number++;
      start = end + 1;
    }
    line.add(value.subarray(start), number);
  }
  if (line.length === 0) return;
  const rest = line.take();
  if (number === 1 && !isHeader(rest)) throw notAnExport('it has another beginning', 'line 1');
  // Editors and the clipboard remove the last newline.
  if (!isEnd(rest)) throw cutOff(number, 'ends in its midst');
  yield { number, bytes: Uint8Array.from([...rest, NEWLINE]) };
}

function isEnd(bytes: Uint8Array): boolean {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)).type === 'end';
  } catch {
    return false;
  }
}

/** Whether it may be the beginning of a header. */
function isHeader(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, HEADER.length));
  return HEADER.startsWith(text);
}

export function cutOff(number: number, problem: string): SessionStoreError {
  const path = `line ${number}`;
  return new SessionStoreError('DATA_LOSS', `${path}: ${problem}. The file is cut off`, path);
}

/** A buffer that grows in amortized constant time, however small the chunks are. */
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
    const { length } = this;
    this.length = 0;
    if (length < 2 || this.#bytes[length - 2] !== RETURN || this.#bytes[length - 1] !== NEWLINE) {
      return this.#bytes.subarray(0, length);
    }
    this.#bytes[length - 2] = NEWLINE;
    return this.#bytes.subarray(0, length - 1);
  }
}

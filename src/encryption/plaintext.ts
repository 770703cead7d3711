import { parse, stringify } from 'devalue';
import { isBlob } from '../validation/clone.js';

type Part = ArrayBuffer | Blob;
type Entries = [key: string, value: unknown][];

/** The errors that structured clone knows by name; all others come out of it as `Error`. */
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** What of an error is cloned, if it has it. */
const ERROR_PARTS = ['message', 'stack', 'cause'] as const;

/**
 * A row as it is before it is encrypted. Structured clone has no form in bytes, so this is text, and what is binary
 * beside it. Never changed; whoever asks gets a row of their own.
 */
export class Plaintext {
  constructor(
    readonly text: string,
    readonly parts: readonly Part[],
  ) {}

  /**
   * Takes what structured clone made of a value. Throws for what cannot be carried exactly: keys, file handles,
   * images and other objects of the browser. The error's `path` is that of devalue: `.state.fields[0][2].key`.
   */
  static of(row: unknown): Plaintext {
    const parts: Part[] = [];
    const take = (part: Part) => parts.push(part) - 1;
    let isTakenApart = false;
    const takenApart = (entries: Entries) => {
      isTakenApart = true;
      return entries;
    };
    const text = stringify(row, {
      ArrayBuffer: (value) => value instanceof ArrayBuffer && [take(fixed(value))],
      Blob: (value) => isObject(value) && isBlob(value) && [take(value), value.type, ...fileOf(value)],
      Error: (value) => {
        const kind = isObject(value) ? ERRORS.findIndex((each) => isMadeBy(each, value)) : -1;
        const had = ERROR_PARTS.filter((name) => kind !== -1 && Object.hasOwn(value, name));
        return kind !== -1 && [kind, takenApart(had.map((name) => [name, value[name]]))];
      },
      // Neither is what a literal makes.
      array: (value) =>
        Array.isArray(value) && hasNames(value) && [value.length, takenApart(Object.entries(value))],
      object: (value) =>
        isObject(value) && Object.hasOwn(value, '__proto__') && [takenApart(Object.entries(value))],
    });
    const plaintext = new Plaintext(text, parts);
    // What contains itself by way of something that was taken apart could not be put together again.
    if (isTakenApart) plaintext.toRow();
    return plaintext;
  }

  /** Roughly, in bytes. */
  get size(): number {
    return this.parts.reduce((sum, part) => sum + sizeOf(part), 2 * this.text.length);
  }

  toRow(): any {
    return parse(this.text, {
      ArrayBuffer: ([place]: [number]) => this.parts[place],
      Blob: ([place, type, ...file]: [number, string, string?, number?]) => {
        const part = this.parts[place]!;
        if (isBlob(part)) return part;
        const [name, lastModified] = file;
        return name === undefined
          ? new Blob([part], { type })
          : new File([part], name, { type, lastModified: lastModified! });
      },
      Error: ([kind, had]: [number, Entries]) => withOwn(new ERRORS[kind]!(), had, false),
      array: ([length, entries]: [number, Entries]) => withOwn(Object.assign([], { length }), entries, true),
      object: ([entries]: [Entries]) => withOwn({}, entries, true),
    });
  }

  /** How many parts there are, the lengths of text and parts, and then these. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    const parts = await Promise.all(
      this.parts.map(async (part) => new Uint8Array(isBlob(part) ? await part.arrayBuffer() : part)),
    );
    const all = [new TextEncoder().encode(this.text), ...parts];
    const lengths = all.map(({ length }) => length);
    const head = new Uint8Array(Uint32Array.of(parts.length, ...lengths).buffer);
    const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, head.length));
    let at = 0;
    for (const piece of [head, ...all]) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  static fromBytes(bytes: ArrayBuffer): Plaintext {
    const [count] = new Uint32Array(bytes, 0, 1);
    const lengths = new Uint32Array(bytes, 4, count! + 1);
    let at = 4 + lengths.byteLength;
    const [text, ...parts] = Array.from(lengths, (length) => bytes.slice(at, (at += length)));
    return new Plaintext(new TextDecoder().decode(text), parts);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isMadeBy = ({ prototype }: ErrorConstructor, value: object) =>
  Object.getPrototypeOf(value) === prototype;

const fileOf = (blob: Blob) =>
  typeof File === 'function' && blob instanceof File ? [blob.name, blob.lastModified] : [];

function fixed(buffer: ArrayBuffer): ArrayBuffer {
  if ((buffer as { resizable?: boolean }).resizable) throw new TypeError('A buffer that can grow');
  return buffer;
}

const sizeOf = (part: Part) => (isBlob(part) ? part.size : part.byteLength);

/** Whether an array has properties beside its elements. */
function hasNames(array: unknown[]): boolean {
  const keys = Object.keys(array);
  const last = keys.at(-1);
  // Elements come first, in order.
  return last !== undefined && !(Number(last) < array.length && String(Number(last)) === last);
}

/** Defined and not assigned, so that `__proto__` is a property like any other. */
function withOwn<T extends object>(target: T, entries: Entries, enumerable: boolean): T {
  for (const [key, value] of entries) {
    Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
  }
  return target;
}

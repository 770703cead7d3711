import { answerOf } from '../database/answer.js';
import type { Cipher, Entry } from '../database/schema.js';
import { kindOf } from '../platform/kind.js';
import { randomBytes, subtleCrypto } from '../platform/browser.js';
import { jsonOf } from '../platform/json.js';
import { atOnce } from '../database/pace.js';
import { build } from '../encoding/build.js';
import { flattened } from '../encoding/flatten.js';
import { isLiteral, isOdd, type Part } from '../encoding/nodes.js';

const ALGORITHM = 'AES-GCM';

/** The IV length that GCM is designed for, in bytes. It is random, so one key is good for about 2³² rows. */
const IV_LENGTH = 12;

/** What a cipher is bound to, besides the database's name and the row's address. */
export type Binding = Omit<Cipher, 'iv' | 'data'>;

/** Encrypts bytes so that they can be decrypted only in the database of this name and at `address`. */
export async function encrypt(
  key: CryptoKey,
  name: string,
  binding: Binding,
  address: unknown,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Cipher> {
  const iv = randomBytes(IV_LENGTH);
  const algorithm = { name: ALGORITHM, iv, additionalData: bound(name, binding, address) };
  return { ...binding, iv, data: await answerOf(subtleCrypto().encrypt(algorithm, key, bytes), 'WebCrypto') };
}

/** Decrypts; `undefined` if the cipher was made with another key, for another address or database, or was changed. */
export async function decrypt(
  key: CryptoKey,
  name: string,
  address: unknown,
  cipher: Cipher,
): Promise<ArrayBuffer | undefined> {
  const { iv, data } = cipher;
  const subtle = subtleCrypto();
  const decrypting = (async () => {
    const algorithm = { name: ALGORITHM, iv, additionalData: bound(name, cipher, address) };
    // Node refuses a buffer of another realm, but accepts a new view on it.
    return subtle.decrypt(algorithm, key, new Uint8Array(data));
  })().catch(() => undefined);
  return answerOf(decrypting, 'WebCrypto');
}

/** Whether a stored value has the shape of a cipher. */
export function isCipher(value: unknown): value is Cipher {
  const { database, turn, mixed, key, iv, data } = (value ?? {}) as Partial<Record<keyof Cipher, unknown>>;
  return (
    typeof database === 'string' &&
    Number.isSafeInteger(turn) &&
    typeof mixed === 'boolean' &&
    typeof key === 'string' &&
    kindOf(iv) === 'Uint8Array' &&
    kindOf(data) === 'ArrayBuffer'
  );
}

const bound = (name: string, { database, turn, mixed, key }: Binding, address: unknown) =>
  new TextEncoder().encode(jsonOf([name, database, turn, mixed, key, address]));

/** A string always stays in the text, however long it is. */
type BinaryPart = Exclude<Part, string>;

/**
 * A row before it is encrypted. Structured clone has no byte form, so this is JSON text with the binary parts beside
 * it. Immutable; readers get new objects.
 */
export class Plaintext {
  constructor(
    readonly text: string,
    readonly parts: readonly BinaryPart[],
  ) {}

  /**
   * Takes the result of a structured clone. Throws `Unfit` with a path for a value that cannot be encoded exactly. What JSON
   * holds exactly stands there as it is, in place of nodes; lists do not, so that both can be told apart.
   */
  static of(row: unknown): Plaintext {
    if (!Array.isArray(row) && isJson(row, new Set())) return new Plaintext(jsonOf([null, row]), []);
    const { root, nodes, parts } = atOnce(flattened(row));
    return new Plaintext(jsonOf([root, nodes]), parts as BinaryPart[]);
  }

  /** Approximate, in bytes. */
  get size(): number {
    return this.parts.reduce((sum, part) => sum + sizeOf(part), 2 * this.text.length);
  }

  toRow(): any {
    const [root, nodes, where] = JSON.parse(this.text);
    const row: any = Array.isArray(nodes) ? atOnce(build(root, nodes, this.parts)) : nodes;
    if (where) row.where = where;
    return row;
  }

  /** The same row with its entries as the index has them, or with none. */
  with(where?: readonly Entry[]): Plaintext {
    const [root, nodes] = JSON.parse(this.text);
    return new Plaintext(jsonOf(where ? [root, nodes, where] : [root, nodes]), this.parts);
  }

  /** The number of parts, the lengths of text and parts, then text and parts. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    const parts = await Promise.all(
      this.parts.map(
        async (part) =>
          new Uint8Array(part instanceof Blob ? await answerOf(part.arrayBuffer(), 'a blob') : part),
      ),
    );
    const all = [new TextEncoder().encode(this.text), ...parts];
    const lengths = all.map(({ length }) => length);
    const head = new Uint8Array(new Uint32Array([parts.length, ...lengths]).buffer);
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
    const begin = 4 + lengths.byteLength;
    const [length, ...others] = lengths;
    let at = begin + length!;
    const text = new Uint8Array(bytes, begin, length);
    const parts = others.map((length) => bytes.slice(at, (at += length)));
    return new Plaintext(new TextDecoder().decode(text), parts);
  }
}

/** Engines go into nested JSON by recursion. */
const MOST_DEEP = 500;

/** Whether JSON holds a value exactly: plain objects and arrays, none of them twice, and what JSON can write down. */
function isJson(value: unknown, seen: Set<object>, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  if (value === null) return true;
  if (depth > MOST_DEEP || seen.has(value)) return false;
  seen.add(value);
  const isUsual = Array.isArray(value)
    ? !isOdd(value)
    : isLiteral(value) && !Object.hasOwn(value, '__proto__');
  return isUsual && Object.values(value).every((part) => isJson(part, seen, depth + 1));
}

const sizeOf = (part: BinaryPart) => (part instanceof Blob ? part.size : part.byteLength);

import { answerOf } from '../database/answer.js';
import { atOnce } from '../database/pace.js';
import { build } from '../encoding/build.js';
import { flattened } from '../encoding/flatten.js';
import type { Part } from '../encoding/nodes.js';
import { jsonOf } from '../platform/json.js';

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

  /** Takes the result of a structured clone. Throws `Unfit` with a path for a value that cannot be encoded exactly. */
  static of(row: unknown): Plaintext {
    const { root, nodes, parts } = atOnce(flattened(row));
    return new Plaintext(jsonOf([root, nodes]), parts as BinaryPart[]);
  }

  /** Approximate, in bytes. */
  get size(): number {
    return this.parts.reduce((sum, part) => sum + sizeOf(part), 2 * this.text.length);
  }

  toRow(): any {
    const [root, nodes] = JSON.parse(this.text);
    return atOnce(build(root, nodes, this.parts));
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
    let at = 4 + lengths.byteLength;
    const [text, ...parts] = Array.from(lengths, (length) => bytes.slice(at, (at += length)));
    return new Plaintext(new TextDecoder().decode(text), parts);
  }
}

const sizeOf = (part: BinaryPart) => (part instanceof Blob ? part.size : part.byteLength);

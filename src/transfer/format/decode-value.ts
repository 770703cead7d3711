import type { Pace } from '../../database/pace.js';
import { build } from '../../encoding/build.js';
import { measure, type Measured } from '../../encoding/measure.js';
import { Unfit, type Node, type Part } from '../../encoding/nodes.js';
import { structured } from '../../platform/browser.js';
import type { Allowance } from '../import/allowance.js';
import { fromBase64 } from './base64.js';
import { MOST_DEEP, type EncodedValue, type PartLine } from './lines.js';

/** A decoded value with its measurements. */
export interface Decoded extends Measured {
  value: unknown;
}

/** The part lines before the line that they belong to. */
export class PartsBefore {
  /** `isOpen`: what is left out of the line may have parts, too. */
  constructor(readonly isOpen: boolean) {}

  readonly #values: { nodes: Node[]; pieces: (string[] | Uint8Array<ArrayBuffer>[])[] }[] = [];
  #used = 0;

  get isUsed(): boolean {
    return this.isOpen || this.#values.length === this.#used;
  }

  /** Throws `Unfit` for a part out of order. */
  add({ value, nodes, part, text, bytes }: PartLine): void {
    if (value === this.#values.length) this.#values.push({ nodes: [], pieces: [] });
    const known = this.#values[value];
    if (!known || value !== this.#values.length - 1) throw new Unfit('is out of order');
    if (nodes) {
      for (const node of nodes) known.nodes.push(node);
      return;
    }
    const piece = text ?? (bytes === undefined ? undefined : bytesOf(bytes));
    if (piece === undefined || part === undefined) throw new Unfit('has neither nodes nor a piece');
    if (part === known.pieces.length) known.pieces.push([]);
    const pieces = known.pieces[part] as unknown[] | undefined;
    const isOfKind = pieces && (pieces.length === 0 || typeof pieces[0] === typeof piece);
    if (!isOfKind || part !== known.pieces.length - 1) throw new Unfit('is out of order');
    pieces.push(piece);
  }

  take(number: number): { nodes: Node[]; parts: Part[] } {
    const known = this.#values[number];
    if (!known || number < this.#used || (number > this.#used && !this.isOpen))
      throw new Unfit('refers to parts that are not there');
    this.#used = number + 1;
    const buffers = new Set(known.nodes.map(([kind, part]) => (kind === 'ArrayBuffer' ? part : undefined)));
    const parts = known.pieces.map((pieces, part): Part => {
      if (typeof pieces[0] === 'string') return (pieces as string[]).join('');
      const bytes = pieces as Uint8Array<ArrayBuffer>[];
      // A blob, since the browser may keep it outside of memory.
      return buffers.has(part) ? joined(bytes) : new Blob(bytes);
    });
    return { nodes: known.nodes, parts };
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(text);
  } catch {
    throw new Unfit('is no Base64');
  }
}

function joined(pieces: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.buffer;
}

/** Throws for an invalid encoding, and for a value that must not be imported. */
export async function decodeValue(
  encoded: EncodedValue,
  before: PartsBefore,
  allowance: Allowance,
  pace: Pace,
): Promise<Decoded> {
  const value = 'json' in encoded ? encoded.json : await built(encoded, before, allowance, pace);
  const measured = await pace.run(measure(value, MOST_DEEP));
  if (measured.hasCircle) requireCopy(value);
  return { value, ...measured };
}

/** Refuses a value that could be written, and then not be read. */
function requireCopy(value: unknown): void {
  try {
    structured(value);
    // A snapshot's info is copied as part of another object, so it is tried like that.
    structured({ ...(value as object) });
  } catch {
    throw new Unfit('has an error in it whose cause leads back to it, which this browser cannot copy');
  }
}

async function built(
  encoded: Exclude<EncodedValue, { json: unknown }>,
  before: PartsBefore,
  allowance: Allowance,
  pace: Pace,
): Promise<unknown> {
  if ('flat' in encoded) {
    const [root, ...nodes] = encoded.flat;
    if (encoded.flat.length === 0) throw new Unfit('is empty');
    return pace.run(build(root, nodes as Node[], [], allowance.allow));
  }
  const { nodes, parts } = before.take(encoded.parts);
  return pace.run(build([0], nodes, parts, allowance.allow));
}

import { build } from '../../encoding/build.js';
import { flattened } from '../../encoding/flatten.js';
import { measure } from '../../encoding/measure.js';
import { Unfit, type Node, type Part } from '../../encoding/nodes.js';
import { Pace } from '../../database/pace.js';
import { answerOf } from '../../database/answer.js';
import { subtleCrypto } from '../../platform/browser.js';
import { jsonOf } from '../../platform/json.js';
import { isBuffer } from '../../platform/kind.js';
import { fromBase64, toBase64 } from '../../transfer/format/base64.js';

/** What is nested deeper is no plain JSON to us: engines refuse to read or write it. */
const MOST_DEEP = 500;

/** A value as JSON: as it is, or in nodes, with what JSON cannot hold beside them. */
export type Encoded =
  { json: unknown } | { flat: [root: unknown, ...nodes: unknown[]]; parts?: EncodedPart[] };
type EncodedPart = { text: string } | { bytes: string } | { blob: string };

/** The same for the same value on every device, since the digest of what holds it names it. */
export async function encode(value: unknown, pace = new Pace()): Promise<Encoded> {
  if (await isPlainJson(value, pace)) return { json: value };
  const { nodes, parts, root } = await pace.run(flattened(value));
  const encoded: EncodedPart[] = [];
  for (const part of parts) encoded.push(await encodePart(part));
  return { flat: [root, ...nodes], ...(encoded.length > 0 && { parts: encoded }) };
}

async function isPlainJson(value: unknown, pace: Pace): Promise<boolean> {
  try {
    return (await pace.run(measure(value, MOST_DEEP))).isJson;
  } catch (error) {
    if (error instanceof Unfit) return false;
    throw error;
  }
}

async function encodePart(part: Part): Promise<EncodedPart> {
  if (typeof part === 'string') return { text: part };
  if (isBuffer(part)) return { bytes: toBase64(new Uint8Array(part)) };
  return { blob: toBase64(new Uint8Array(await answerOf(part.arrayBuffer(), 'a blob'))) };
}

/** Throws `Unfit` for what no value is encoded as. */
export async function decode(encoded: unknown, pace = new Pace()): Promise<unknown> {
  const { json, flat, parts = [] } = (encoded ?? {}) as { json?: unknown; flat?: unknown; parts?: unknown };
  if (!Array.isArray(flat)) return json;
  if (!Array.isArray(parts)) throw new Unfit('has no list of parts');
  const [root, ...nodes] = flat as unknown[];
  return pace.run(build(root, nodes as Node[], parts.map(decodePart)));
}

function decodePart({ text, bytes, blob }: Partial<Record<'text' | 'bytes' | 'blob', string>>): Part {
  if (typeof text === 'string') return text;
  if (typeof bytes === 'string') return fromBase64(bytes).buffer;
  if (typeof blob === 'string') return new Blob([fromBase64(blob)]);
  throw new Unfit('is no part');
}

/** SHA-256 in hexadecimal. */
export async function digestOf(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hash = await answerOf(subtleCrypto().digest('SHA-256', bytes), 'WebCrypto');
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The name under which a value that is no plain JSON travels in a field. */
const WRAPPED = 'offshoot:value';

/** A field's value is JSON as it is, unless it cannot be, or looks like one that is wrapped. */
export async function encodeField(value: unknown): Promise<unknown> {
  const encoded = await encode(value);
  if ('json' in encoded && !isWrapped(encoded.json)) return encoded.json;
  return { [WRAPPED]: encoded };
}

export const decodeField = async (value: unknown): Promise<unknown> =>
  isWrapped(value) ? decode(value[WRAPPED]) : value;

const isWrapped = (value: unknown): value is { [WRAPPED]: unknown } =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, WRAPPED);

/** The text of a body. */
export const textOf = (encoded: unknown): string => jsonOf(encoded);

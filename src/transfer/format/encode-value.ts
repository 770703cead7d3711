import { answerOf } from '../../database/answer.js';
import { type Pace, UNITS } from '../../database/pace.js';
import { Flattening, MOST_TEXT } from '../../encoding/flatten.js';
import { measure } from '../../encoding/measure.js';
import type { Node, Part } from '../../encoding/nodes.js';
import { isBuffer } from '../../platform/kind.js';
import { toBase64 } from './base64.js';
import { MOST_DEEP, type EncodedValue, type PartLine } from './lines.js';

/** Larger content is cut into pieces, in characters. */
const MOST_PIECE = 256 * 1024;

/** The same limit in bytes, before Base64. */
const MOST_BYTES = (MOST_PIECE / 4) * 3;

/**
 * Encodes any value that IndexedDB and the file format can hold. Large content comes first, in part lines of its own,
 * for the `number`-th value of a line. Throws `Unfit` for other values, and the error of reading a blob; part lines
 * before an error have to be dropped.
 */
export async function* encodeValue(
  value: unknown,
  number: number,
  pace: Pace,
): AsyncGenerator<PartLine, EncodedValue, undefined> {
  const { isJson, size } = await pace.run(measure(value, MOST_DEEP));
  if (isJson && size <= MOST_PIECE) return { json: value };
  const flattening = new Flattening(value, true);
  let nodes: Node[] = [];
  let taken = 0;
  let count = 0;
  for (const node of flattening.nodes()) {
    if (!node || ++count % UNITS === 0) await pace.rest();
    if (!node) continue;
    nodes.push(node);
    if (flattening.size - taken < MOST_PIECE) continue;
    yield { type: 'part', value: number, nodes };
    taken = flattening.size;
    nodes = [];
  }
  const { root, parts } = flattening;
  if (taken === 0 && parts.length === 0) return { flat: [root, ...nodes] };
  if (nodes.length > 0) yield { type: 'part', value: number, nodes };
  let index = 0;
  for (const part of parts) {
    for await (const piece of piecesOf(part)) {
      await pace.rest();
      yield { type: 'part', value: number, part: index, ...piece };
    }
    index++;
  }
  return { parts: number };
}

/** At least one piece. Only one piece of a blob is in memory. */
async function* piecesOf(part: Part): AsyncGenerator<{ text: string } | { bytes: string }> {
  if (typeof part === 'string') {
    for (let at = 0; at < part.length; at += MOST_TEXT) yield { text: part.slice(at, at + MOST_TEXT) };
    return;
  }
  const size = isBuffer(part) ? part.byteLength : part.size;
  for (let at = 0; at === 0 || at < size; at += MOST_BYTES) {
    const end = Math.min(size, at + MOST_BYTES);
    const bytes = isBuffer(part)
      ? new Uint8Array(part, at, end - at)
      : new Uint8Array(await answerOf(part.slice(at, end).arrayBuffer(), 'a blob'));
    yield { bytes: toBase64(bytes) };
  }
}

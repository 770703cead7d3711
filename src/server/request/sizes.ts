import {
  COLUMN_BYTES,
  DEPTH,
  ID_BYTES,
  type Body,
  type Limits,
  type PushLine,
  type Refusal,
} from '../../sync/protocol/index.js';
import { bytesOf, keyOf } from './keys.js';

/** How deep lists and objects lie in each other; anything that JSON can hold, however deep. */
function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH) return true;
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
  }
  return false;
}

const textOf = (body: Body): string => (typeof body === 'string' ? body : (body.text ?? ''));

/** The texts of a line with their limits. */
function* measured(
  line: PushLine,
  { valueBytes }: Limits,
): Generator<[path: string, text: string, limit: number]> {
  if ('id' in line) yield ['id', keyOf(line.id), ID_BYTES];
  if ('session' in line) yield ['session', keyOf(line.session), ID_BYTES];
  if (line.op === 'snapshot') {
    if (line.parent !== undefined) yield ['parent', keyOf(line.parent), ID_BYTES];
    yield ['spans', JSON.stringify(line.spans), COLUMN_BYTES];
    yield ['body', textOf(line.body), valueBytes];
  }
  if (line.op === 'entries') {
    for (const [at, body] of line.bodies.entries()) yield [`bodies[${at}]`, textOf(body), valueBytes];
  }
  if (line.op !== 'session') return;
  for (const [name, { value }] of Object.entries(line.fields ?? {})) {
    yield [`fields.${name}`, keyOf(name), ID_BYTES];
    yield [`fields.${name}.value`, JSON.stringify(value) ?? '', valueBytes];
  }
}

/** What is too much in a line whose shape is right. */
export function oversize(line: PushLine, limits: Limits): Refusal | undefined {
  if (line.op === 'session') {
    for (const [name, { value }] of Object.entries(line.fields ?? {})) {
      if (!isTooDeep(value)) continue;
      return {
        refused: 'invalid',
        path: `fields.${name}.value`,
        message: `has more than ${DEPTH} lists and objects inside each other`,
      };
    }
  }
  for (const [path, text, limit] of measured(line, limits)) {
    // Most texts are so short that nobody need count their bytes.
    if (text.length * 3 <= limit) continue;
    const bytes = bytesOf(text);
    if (bytes > limit) return { refused: 'too-large', path, bytes, limit };
  }
  return undefined;
}

/** How many rows a line is. */
export const rowsOf = (line: PushLine): number => {
  if (line.op === 'entries') return line.digests.length;
  return 1 + (line.op === 'session' ? Object.keys(line.fields ?? {}).length : 0);
};

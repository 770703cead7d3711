import { type Steps, UNITS } from '../database/pace.js';
import { isBuffer } from '../platform/kind.js';
import { isLiteral, isOdd, tagOf, Unfit } from './nodes.js';

export interface Measured {
  /** Whether JSON can hold all of it. */
  isJson: boolean;
  /** As in `survey`: whether it is a tree of plain objects, arrays and leaf values. */
  isPlain: boolean;
  /** Approximate, in bytes. */
  size: number;
  /** Whether it contains an error whose cause leads back to it or to the whole, which not every browser can copy. */
  hasCircle: boolean;
}

/** Kinds that may have shared parts or own properties. */
const CONTAINERS = ['Map', 'Set', 'Error', 'RegExp', 'DOMException', 'Boolean', 'Number', 'String', 'BigInt'];

/** A part that is still to be visited: its container and key. */
interface Waiting {
  value: object;
  depth: number;
}

/** Measures a value of any shape; throws `Unfit` if it is nested deeper than `mostDeep`. */
export function* measure(value: unknown, mostDeep: number): Steps<Measured> {
  const measured: Measured = { isJson: true, isPlain: true, size: 0, hasCircle: false };
  const seen = new Set<object>();
  const waiting: Waiting[] = [];
  /** The errors that contain the current part, and how much of the stack comes after each. */
  const around: { error: object; after: number }[] = [];
  let units = 0;
  const visit = (part: unknown, depth: number) => {
    measured.size += 8;
    if (typeof part === 'string') measured.size += part.length;
    else if (typeof part === 'object' && part !== null) waiting.push({ value: part, depth });
    else if (typeof part === 'number') measured.isJson &&= Number.isFinite(part) && !Object.is(part, -0);
    else if (typeof part !== 'boolean' && part !== null) measured.isJson = false;
  };
  visit(value, 0);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value: part, depth } = next;
    if (++units % UNITS === 0) yield;
    while (waiting.length < (around.at(-1)?.after ?? 0)) around.pop();
    if (seen.has(part)) {
      measured.hasCircle ||= around.some(({ error }) => error === part || part === value);
      measured.isJson = measured.isPlain = false;
      continue;
    }
    seen.add(part);
    if (depth > mostDeep) throw new Unfit(`is nested more than ${mostDeep} levels deep`);
    const begin = waiting.length;
    if (tagOf(part) === 'Error') around.push({ error: part, after: begin });
    for (const child of childrenOf(part, measured)) {
      if (++units % UNITS === 0) yield;
      visit(child, depth + 1);
    }
    // Depth first and in order, as copying does.
    reverse(waiting, begin);
  }
  return measured;
}

function reverse(list: unknown[], from: number): void {
  for (let [low, high] = [from, list.length - 1]; low < high; low++, high--) {
    [list[low], list[high]] = [list[high], list[low]];
  }
}

function* childrenOf(value: object, measured: Measured): Iterable<unknown> {
  if (Array.isArray(value) || isLiteral(value)) {
    const keys = Object.keys(value);
    const isUsual = Array.isArray(value) ? !isOdd(value, keys) : !Object.hasOwn(value, '__proto__');
    measured.isPlain &&= isUsual;
    measured.isJson &&= isUsual;
    for (const key of keys) {
      if (!Array.isArray(value)) measured.size += key.length + 4;
      yield (value as Record<string, unknown>)[key];
    }
    return;
  }
  measured.isJson = false;
  const tag = tagOf(value);
  measured.isPlain &&= !CONTAINERS.includes(tag);
  if (tag === 'Map') {
    for (const [key, part] of value as Map<unknown, unknown>) {
      yield key;
      yield part;
    }
  } else if (tag === 'Set') yield* value as Set<unknown>;
  else if (tag === 'Error') for (const name of Object.getOwnPropertyNames(value)) yield (value as any)[name];
  else if (ArrayBuffer.isView(value)) yield value.buffer;
  else if (isBuffer(value)) measured.size += value.byteLength;
  else if (value instanceof Blob) measured.size += value.size;
}

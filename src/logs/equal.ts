import { isPlainArray } from '../validation/clone.js';

/** Objects and arrays that are compared before two values count as different. */
const MOST_PARTS = 100_000;

/** How deep they may be. */
const MOST_DEEP = 500;

type Parts = Record<string, unknown>;

const { getPrototypeOf, prototype } = Object;

/** Of the comparison that is going on. */
let partsLeft = 0;
let leftIsPlain = false;

/**
 * Whether two values are certainly the same once stored. Anything that cannot be looked into (blobs, errors,
 * keys, class instances) is only equal to itself: what is not proven equal is stored again, never guessed.
 *
 * Every save compares the whole conversation with what is stored, so this is written to be fast. `isPlain` says
 * that no array in `a` has holes or properties of its own, which is what takes longest to find out.
 */
export function equal(a: unknown, b: unknown, isPlain = false): boolean {
  partsLeft = MOST_PARTS;
  leftIsPlain = isPlain;
  return same(a, b, 0);
}

function same(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  // What takes longer may contain itself.
  if (partsLeft-- < 0 || depth > MOST_DEEP) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) {
      if (a[i] !== b[i] || a[i] === 0) if (!same(a[i], b[i], depth + 1)) return false;
    }
    return (leftIsPlain || isPlainArray(a)) && isPlainArray(b);
  }
  const left: unknown = getPrototypeOf(a);
  const right: unknown = getPrototypeOf(b);
  if (left === prototype || left === null) {
    return (right === prototype || right === null) && sameProperties(a as Parts, b as Parts, depth);
  }
  return left === right && sameContent(a, b, depth);
}

function sameProperties(a: Parts, b: Parts, depth: number): boolean {
  let count = 0;
  // Faster than going through a list of keys.
  for (const key in a) {
    const left = a[key];
    const right = b[key];
    if (left !== right || left === 0 || left === undefined) {
      if (!same(left, right, depth + 1) || (right === undefined && !(key in b))) return false;
    }
    count++;
  }
  return count === Object.keys(b).length;
}

function sameContent(a: object, b: object, depth: number): boolean {
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof Map || a instanceof Set) return same([...a], [...(b as Iterable<unknown>)], depth + 1);
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return (
    left !== undefined &&
    right !== undefined &&
    left.length === right.length &&
    left.every((byte, index) => byte === right[index])
  );
}

/** The bytes of a buffer or of a view on one. */
export function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

import { isPlainArray } from '../validation/clone.js';

/** Objects and arrays that are compared before two values count as different. */
const MOST_PARTS = 100_000;

/** How deep they may be. */
const MOST_DEEP = 500;

/**
 * Whether two values are certainly the same once stored. Anything that cannot be looked into (blobs, errors,
 * keys, class instances) is only equal to itself: what is not proven equal is stored again, never guessed.
 */
export function equal(a: unknown, b: unknown, effort = { left: MOST_PARTS }, depth = 0): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  // What takes longer may contain itself.
  if (effort.left-- < 0 || depth > MOST_DEEP) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length || !isPlainArray(a) || !isPlainArray(b)) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i], effort, depth + 1)) return false;
    return true;
  }
  if (isPlain(a)) {
    if (!isPlain(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) {
      const [left, right] = [a[key], b[key]];
      if (!equal(left, right, effort, depth + 1) || (right === undefined && !Object.hasOwn(b, key)))
        return false;
    }
    return true;
  }
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof Map || a instanceof Set) {
    return equal([...a], [...(b as Iterable<unknown>)], effort, depth + 1);
  }
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return (
    left !== undefined &&
    right !== undefined &&
    left.length === right.length &&
    left.every((byte, index) => byte === right[index])
  );
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The bytes of a buffer or of a view on one. */
export function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

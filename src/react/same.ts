/** How deep values are looked into. */
const MOST_DEEP = 500;

/**
 * Whether two values that were read are certainly the same. What cannot be looked into (blobs, errors, keys) is only
 * the same as itself: rendering once too often is better than showing what was before.
 */
export function same(a: unknown, b: unknown, seen = new Map<object, object>(), depth = 0): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || depth > MOST_DEEP) return false;
  // What is stored may contain itself.
  if (seen.has(a)) return seen.get(a) === b;
  seen.set(a, b);
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  const inside = (left: unknown, right: unknown) => same(left, right, seen, depth + 1);
  if (a instanceof Date) return Object.is(+a, +(b as Date));
  if (a instanceof Map || a instanceof Set) return inside([...a], [...(b as Set<unknown>)]);
  const [left, right] = [bytesOf(a), bytesOf(b)];
  if (left && right) return left.length === right.length && left.every((byte, at) => byte === right[at]);
  if (!Array.isArray(a) && prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    // Arrays may have holes.
    inside((a as unknown[]).length, (b as unknown[]).length) &&
    keys.every((key) => key in b && inside(a[key as never], b[key as never]))
  );
}

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** What was there before, if it is the same. */
export const kept = <T>(before: T | undefined, now: T): T => (same(before, now) ? (before as T) : now);

/**
 * Whether nobody who renders can tell two values that were read: order of keys, which places hold one object, and the
 * buffers behind views included. What cannot be looked into (blobs, errors, keys) is only the same as itself: rendering
 * once too often is better than showing what was before.
 */
export function same(a: unknown, b: unknown): boolean {
  // What is stored may contain itself, however deep: places are compared one after the other.
  const rights = new Map<object, object>();
  const lefts = new Map<object, object>();
  const meet = (left: unknown, right: unknown): boolean => {
    if (typeof left !== 'object' || typeof right !== 'object' || !left || !right)
      return Object.is(left, right);
    if (rights.has(left) || lefts.has(right)) return rights.get(left) === right && lefts.get(right) === left;
    rights.set(left, right);
    lefts.set(right, left);
    return true;
  };
  const isSame = meet(a, b);
  if (isSame) for (const [left, right] of rights) if (!sameInside(left, right, meet)) return false;
  return isSame;
}

function sameInside(a: any, b: any, meet: (left: unknown, right: unknown) => boolean): boolean {
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  const all = (left: readonly unknown[], right: readonly unknown[]) =>
    left.length === right.length && left.every((part, at) => meet(part, right[at]));
  if (a instanceof Date) return Object.is(+a, +b);
  if (a instanceof Map) return all([...a.keys(), ...a.values()], [...b.keys(), ...b.values()]);
  if (a instanceof Set) return all([...a], [...b]);
  if (ArrayBuffer.isView(a)) {
    return a.byteOffset === b.byteOffset && a.byteLength === b.byteLength && meet(a.buffer, b.buffer);
  }
  if (a instanceof ArrayBuffer) {
    // Whether a view goes on to the end of one that can grow shows only when that does.
    const isFixed = !a.resizable && !b.resizable;
    return a === b || (isFixed && all(new Uint8Array(a) as never, new Uint8Array(b) as never));
  }
  if (!Array.isArray(a) && prototype !== Object.prototype && prototype !== null) return a === b;
  const keys = Object.keys(a);
  // Arrays may have holes.
  return (
    meet(a.length, b.length) &&
    all(keys, Object.keys(b)) &&
    all(
      keys.map((key) => a[key]),
      keys.map((key) => b[key]),
    )
  );
}

/** What was there before, if it is the same. */
export const kept = <T>(before: T | undefined, now: T): T => (same(before, now) ? (before as T) : now);

/**
 * Whether two values look the same to a component, including the order of keys, which places share an object, and the
 * buffers behind views. Opaque values (blobs, errors, keys) equal only themselves: an unnecessary render is better than
 * an outdated one.
 */
export function same(a: unknown, b: unknown): boolean {
  // Without recursion, since stored values may be cyclic and deep.
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
    // Whether a view tracks the length of a resizable buffer shows only when that is resized.
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

/** The previous value, if it is the same. */
export const kept = <T>(before: T | undefined, now: T): T => (same(before, now) ? (before as T) : now);

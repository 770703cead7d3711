import { isPlainArray } from './clone.js';

type Parts = Record<string, unknown>;

const { getPrototypeOf, hasOwn, is, keys, prototype } = Object;

/** The current comparison: the objects of `b` that were met, each with that of `a` in its place. */
let leftOf = new Map<object, object>();
let leftSet = new Set<object>();
let leftIsPlain = false;

/**
 * Whether what is stored of `b` would be indistinguishable from `a`, which is stored: including the order of keys,
 * which places share an object, and the buffers behind views. `undefined` if that shows only once `b` is copied,
 * because it contains more than plain objects and arrays. Opaque values (blobs, errors, keys) equal only themselves: a
 * value that is not proven equal is stored again. One object on both sides is compared like two, since what is inside it
 * may also stand elsewhere.
 *
 * Visits nothing twice. `isPlain`: no object occurs twice in `a`, and its arrays have no holes and no extra properties.
 */
export function equal(a: unknown, b: unknown, isPlain: boolean): boolean | undefined {
  leftIsPlain = isPlain;
  try {
    let result: boolean | undefined = meet(a, b);
    // The loop also visits what is met meanwhile.
    for (const [right, left] of leftOf) if (result) result = sameInside(left, right);
    return result;
  } finally {
    // Reading the caller's value may throw, which must not reach into the next comparison.
    leftOf = new Map();
    leftSet = new Set();
  }
}

/** Whether the two are the same as far as a shallow look tells; their contents are compared later. */
function meet(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return is(a, b);
  const known = leftOf.get(b);
  if (known) return known === a;
  leftOf.set(b, a);
  return leftIsPlain || leftSet.size < leftSet.add(a).size;
}

function sameInside(a: object, b: object): boolean | undefined {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return leftIsPlain ? sameElements(a, b) && isPlainArray(b) : sameProperties(a as never, b as never);
  }
  if (Array.isArray(b)) return false;
  const left: unknown = getPrototypeOf(a);
  const right: unknown = getPrototypeOf(b);
  if (left === prototype && (right === prototype || right === null)) {
    return sameProperties(a as Parts, b as Parts);
  }
  return left === right ? sameContent(a, b) : undefined;
}

function sameElements(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) {
    if ((a[i] !== b[i] || a[i] === 0 || typeof a[i] === 'object') && !meet(a[i], b[i])) return false;
  }
  return true;
}

function sameProperties(a: Parts, b: Parts): boolean {
  const others = keys(b);
  let i = 0;
  // Faster than a list of keys.
  for (const name in a) {
    if (name !== others[i]) {
      if (hasOwn(a, name)) return false;
      continue;
    }
    i++;
    const left = a[name];
    const right = b[name];
    if ((left !== right || left === 0 || typeof left === 'object') && !meet(left, right)) return false;
  }
  // Inherited properties come last.
  return i === others.length && (i === 0 || hasOwn(a, others[i - 1]!));
}

function sameContent(a: any, b: any): boolean {
  if (a instanceof Date) return is(a.getTime(), b.getTime());
  if (a instanceof Set) return a.size === b.size && sameElements([...a], [...b]);
  if (a instanceof Map) {
    return a.size === b.size && sameElements([...a.keys(), ...a.values()], [...b.keys(), ...b.values()]);
  }
  if (ArrayBuffer.isView(a)) {
    return a.byteOffset === b.byteOffset && a.byteLength === b.byteLength && meet(a.buffer, b.buffer);
  }
  // Whether a view tracks the length of a resizable buffer shows only when that is resized.
  if (!(a instanceof ArrayBuffer) || isResizable(a) || isResizable(b)) return a === b;
  return (
    a.byteLength === b.byteLength && sameElements(new Uint8Array(a) as never, new Uint8Array(b) as never)
  );
}

const isResizable = (buffer: ArrayBuffer) => buffer.resizable as boolean | undefined;

/**
 * A quick look: whether `b` is equal to `a` in the sense of `equal`, for values that are plain objects and arrays all the
 * way down; `false` may also mean that only `equal` can tell. `alike`: all objects inside `a` that equal another one
 * inside it. Where two parts of `a` differ, nothing equal can have one object in both places, so that only the objects of
 * `b` in these few places are remembered.
 */
export function equalTrees(a: unknown, b: unknown, alike: ReadonlySet<object>): boolean {
  return samePart(a, b, alike, alike.size > 0 ? new Set() : undefined);
}

/** `met`: the objects of `b` that were remembered. */
function sameTree(a: object, b: object, alike: ReadonlySet<object>, met: Set<object> | undefined): boolean {
  if (met && alike.has(a) && met.size === met.add(b).size) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length || !isPlainArray(b)) return false;
    for (let i = 0; i < a.length; i++) if (!samePart(a[i], b[i], alike, met)) return false;
    return true;
  }
  const above: unknown = getPrototypeOf(b);
  if ((above !== prototype && above !== null) || Array.isArray(b)) return false;
  const others = keys(b);
  let i = 0;
  for (const name in a) {
    if (name !== others[i++]) return false;
    if (!samePart((a as Parts)[name], (b as Parts)[name], alike, met)) return false;
  }
  return i === others.length;
}

function samePart(
  left: unknown,
  right: unknown,
  alike: ReadonlySet<object>,
  met: Set<object> | undefined,
): boolean {
  if (typeof left === 'object' && left !== null) {
    return typeof right === 'object' && right !== null && sameTree(left, right, alike, met);
  }
  return left === right ? left !== 0 || is(left, right) : is(left, right);
}

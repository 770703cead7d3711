import { isPlainArray } from './clone.js';

/** From how many objects on they are looked up in a map instead of searched for. */
const MANY = 16;

type Parts = Record<string, unknown>;

const { getPrototypeOf, hasOwn, keys, prototype } = Object;

/** State of the current comparison: objects at the same places, in the order in which they were met. */
const lefts: object[] = [];
const rights: object[] = [];
let count = 0;
let leftOf: Map<object, object> | undefined;
let leftSet: Set<object> | undefined;
let leftIsPlain = false;

/**
 * Whether what is stored of `b` would be indistinguishable from `a`, which is stored: including the order of keys,
 * which places share an object, and the buffers behind views. `undefined` if that shows only once `b` is copied,
 * because it contains more than plain objects and arrays. Opaque values (blobs, errors, keys) equal only themselves: a
 * value that is not proven equal is stored again.
 *
 * Every save compares the whole conversation with what is stored, so this is optimized for speed and visits nothing
 * twice. `isPlain`: no object occurs twice in `a`, and its arrays have no holes and no extra properties.
 */
export function equal(a: unknown, b: unknown, isPlain: boolean): boolean | undefined {
  leftIsPlain = isPlain;
  leftOf = leftSet = undefined;
  count = 0;
  let result: boolean | undefined = meet(a, b);
  for (let i = 0; result && i < count; i++) result = sameInside(lefts[i]!, rights[i]!);
  if (count > MANY) lefts.length = rights.length = 0;
  return result;
}

/** Whether the two are the same as far as a shallow look tells; their contents are compared later. */
function meet(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (count < MANY) {
    for (let i = 0; i < count; i++) {
      if (rights[i] === b) return lefts[i] === a;
      if (!leftIsPlain && lefts[i] === a) return false;
    }
  } else {
    leftOf ??= new Map(rights.map((right, i) => [right, lefts[i]!]));
    const known = leftOf.get(b);
    if (known) return known === a;
    leftOf.set(b, a);
    if (!leftIsPlain) {
      leftSet ??= new Set(lefts);
      if (leftSet.has(a)) return false;
      leftSet.add(a);
    }
  }
  lefts[count] = a;
  rights[count++] = b;
  return true;
}

function sameInside(a: object, b: object): boolean | undefined {
  if (a === b) return true;
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
  if (a instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof Set) return a.size === b.size && sameElements([...a], [...b]);
  if (a instanceof Map) {
    return a.size === b.size && sameElements([...a.keys(), ...a.values()], [...b.keys(), ...b.values()]);
  }
  if (ArrayBuffer.isView(a)) {
    return a.byteOffset === b.byteOffset && a.byteLength === b.byteLength && meet(a.buffer, b.buffer);
  }
  // Whether a view tracks the length of a resizable buffer shows only when that is resized.
  if (!(a instanceof ArrayBuffer) || isResizable(a) || isResizable(b)) return false;
  return (
    a.byteLength === b.byteLength && sameElements(new Uint8Array(a) as never, new Uint8Array(b) as never)
  );
}

const isResizable = (buffer: ArrayBuffer) => buffer.resizable as boolean | undefined;

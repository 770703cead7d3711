import { structured } from '../platform/clone.js';
import { invalid } from './argument.js';
import { Graph } from './graph.js';
import { put } from './property.js';
import { UNREADABLE } from './schema.js';

/** Thrown for a value that is not a tree: an object occurs twice in it, contains itself, or may share its content. */
const NO_TREE = {};

/**
 * Copies a value as the database will, but shares strings and blobs, which are immutable. Several times faster than
 * `structuredClone` on the plain objects and arrays that conversations consist of; everything else goes to
 * `structuredClone`, which throws a DataCloneError for a value that cannot be stored.
 */
export function copy<T>(value: T): T {
  try {
    return copyTree(value, new Set());
  } catch (reason) {
    // An object with functions may be an observable collection that stands for a map.
    if (reason !== NO_TREE && (reason as Error | null)?.name !== 'DataCloneError') throw reason;
    return structured(new Graph().part(value));
  }
}

function copyTree<T>(value: T, seen: Set<object>): T {
  if (typeof value === 'function' || typeof value === 'symbol') return structured(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isBlob(value)) {
    // A value that only poses as one would be refused later, without its path.
    structured(value);
    return value;
  }
  if (seen.has(value)) throw NO_TREE;
  seen.add(value);
  if (isPlainArray(value)) return value.map((item) => copyTree(item, seen)) as T;
  if (isPlainObject(value)) {
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(value)) put(result, key, copyTree(value[key], seen));
    return result as T;
  }
  if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer && !seen.has(value.buffer)) {
    seen.add(value.buffer);
  } else if (!(value instanceof Date || value instanceof ArrayBuffer)) throw NO_TREE;
  return structured(value);
}

/** The same for a value that is known to be a plain tree, in a fraction of the time. */
export function copyPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return copy(value);
  const result = { ...value } as Record<string, unknown>;
  for (const key of Object.keys(result)) {
    const part = result[key];
    if (typeof part === 'object') result[key] = copyPlain(part);
  }
  return result;
}

/** Copies a value, or throws with the path of the part that cannot be stored. */
export function cloned<T>(value: T, ...prefix: string[]): T {
  try {
    return copy(value);
  } catch (cause) {
    throw unstorable(value, cause, ...prefix);
  }
}

export function unstorable(value: unknown, cause: unknown, ...prefix: string[]): Error {
  const graph = new Graph(true);
  try {
    graph.part(value);
  } catch {
    // The graph's path now ends at the offending part.
  }
  const path = [...prefix, ...graph.path].slice(0, MOST_KEYS).join('.');
  const { offender } = graph;
  const problem = !offender
    ? cause instanceof RangeError
      ? 'is nested too deeply'
      : UNREADABLE
    : `cannot be stored, got ${offender}. Leave out functions, symbols and objects of the browser`;
  return invalid(path, problem, cause);
}

/** The limit of a path in an error. */
const MOST_KEYS = 50;

export function isBlob(value: object): value is Blob {
  return typeof Blob !== 'undefined' && value instanceof Blob;
}

/** Whether an array has neither holes nor properties beside its elements. */
export function isPlainArray(value: object): value is unknown[] {
  if (!Array.isArray(value)) return false;
  // Other properties come last; without this check, as many of them as there are holes would go unnoticed.
  const keys = Object.keys(value);
  return keys.length === value.length && (keys.length === 0 || keys.at(-1) === String(keys.length - 1));
}

export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An assignment to `__proto__` would not create a property of that name.
  return (prototype === Object.prototype || prototype === null) && !Object.hasOwn(value, '__proto__');
}

import { structured } from '../platform/browser.js';
import { invalid } from './arguments.js';
import { define, put } from './property.js';
import { described, UNREADABLE } from './schema.js';

const { freeze, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, isFrozen, prototype } = Object;

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
export function copyPlain(value: any): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyPlain);
  if (!isPlain(value)) return copy(value);
  const result: Record<string, unknown> = { ...value };
  // Faster than a list of keys; inherited ones come too.
  for (const key in value) {
    const part = value[key];
    if (typeof part === 'object' && hasOwn(value, key)) result[key] = copyPlain(part);
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

/** Values that can be posted to a worker and not stored; and promises, which zone.js replaces by ordinary objects. */
const ONLY_SENT =
  /Promise|SharedArray|WebAssembly|VideoFrame|AudioData|EncodedAudio|EncodedVideo|CropTarget|RestrictionTarget/;

/** A copy of an error without its cause: a cause may lead back to the error, which not every browser can copy. */
function withoutCause(error: Error): Error {
  const bare = new Error();
  for (const name of ['name', 'message', 'stack'] as const) {
    if (name === 'name' || Object.hasOwn(error, name))
      Object.defineProperty(bare, name, { value: error[name] });
    else Reflect.deleteProperty(bare, name);
  }
  return bare;
}

/** Objects whose content is not in properties, so that a proxy around one is useless. */
const OPAQUE = [Date, RegExp, Error, Boolean, Number, String, getPrototypeOf(Uint8Array)];

/** Whether an object's content is in its properties, whatever its class. */
export const isOrdinary = (value: object): boolean =>
  !OPAQUE.some((type) => value instanceof type) && {}.toString.call(value) === '[object Object]';

/**
 * Walks a value in which proxies, drafts or observable collections may stand for what is to be stored. Creates plain
 * objects, arrays, maps and sets with the same parts in the same places for structured clone, which would refuse
 * proxies, and find the maps of a draft empty.
 */
class Graph {
  /** The current path of the walk, or the path where it stopped. */
  readonly path: string[] = [];
  /** The part that cannot be stored; `undefined` if reading has failed. */
  offender: string | undefined;
  readonly #made = new Map<unknown, unknown>();

  /** `isExact`: tries structured clone on every part, to find the one that it refuses. */
  constructor(readonly isExact = false) {}

  part<T>(value: T): T;
  part(value: unknown): unknown {
    if (typeof value === 'function' || typeof value === 'symbol') return this.#leaf(value);
    if (typeof value !== 'object' || value === null) return value;
    return this.#made.get(value) ?? this.#container(value);
  }

  #container(value: object): unknown {
    const tag = {}.toString.call(value);
    if (Array.isArray(value)) {
      const array: unknown[] = [];
      array.length = value.length;
      return this.#properties(value, array);
    }
    if (tag === '[object Map]') {
      const map = new Map();
      this.#made.set(value, map);
      let index = 0;
      for (const [key, part] of value as Map<unknown, unknown>) {
        this.path.push(Object(key) === key ? String(index) : String(key));
        map.set(this.part(key), this.part(part));
        this.path.pop();
        index++;
      }
      return map;
    }
    if (tag === '[object Set]') {
      const set = new Set();
      this.#made.set(value, set);
      for (const part of value as Set<unknown>) {
        this.path.push(String(set.size));
        set.add(this.part(part));
        this.path.pop();
      }
      return set;
    }
    const above: unknown = getPrototypeOf(value);
    const isPlain = above === prototype || above === null;
    if (isPlain || isOrdinary(value)) {
      return this.#properties(value, {});
    }
    if (value instanceof Error && Object(value.cause) === value.cause) {
      const error = structured(this.#leaf(withoutCause(value), tag)) as Error;
      this.#made.set(value, error);
      define(error, 'cause', this.part(value.cause));
      return error;
    }
    return this.#leaf(value, tag);
  }

  #properties(value: object, copy: object): object {
    this.#made.set(value, copy);
    for (const key of Object.keys(value)) {
      this.path.push(key);
      const part = this.part(value[key as keyof typeof value]);
      // An assignment to `__proto__` would not create a property of that name.
      define(copy, key, part);
      this.path.pop();
    }
    return copy;
  }

  #leaf(value: unknown, tag = ''): unknown {
    if (
      ONLY_SENT.test(tag) ||
      (ArrayBuffer.isView(value) && ONLY_SENT.test({}.toString.call(value.buffer)))
    ) {
      this.offender = described(value);
      throw new DOMException('Only workers can be given this.', 'DataCloneError');
    }
    if (!this.isExact) return value;
    try {
      structured(value);
    } catch (error) {
      this.offender = described(value);
      throw error;
    }
    return value;
  }
}

/**
 * Whether nobody can ever change a value: plain objects and arrays with data properties only, frozen all the way down,
 * as Immer leaves them. Holds for a proxy too, since it must report what its frozen target has.
 */
export function isDeeplyFrozen(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (!isFrozen(value)) return false;
    const parts = new Set([value]);
    for (const part of parts) {
      if (!isPlain(part) || !isFrozen(part)) return false;
      for (const key of Reflect.ownKeys(part)) {
        const property = getOwnPropertyDescriptor(part, key)!;
        if (!('value' in property)) return false;
        const child: unknown = property.value;
        if (typeof child === 'function') return false;
        if (typeof child === 'object' && child !== null) parts.add(child);
      }
    }
  } catch {
    return false;
  }
  return true;
}

/**
 * Freezes a plain tree that nobody else has; `false` if it has more than plain objects and arrays. What is frozen
 * already is so all the way down.
 */
export const freezeTree = (value: unknown): boolean =>
  isFrozen(value) ||
  (isPlain(value as object) && Object.values(value as object).every(freezeTree) && !!freeze(value));

/** Freezes the plain objects and arrays of a value that nobody else has, and leaves what else is in it. */
export function freezePlain(value: object): void {
  const parts = new Set<unknown>([value]);
  for (const part of parts) {
    if (isFrozen(part) || !isPlain(part as object)) continue;
    for (const child of Object.values(part as object)) parts.add(child);
  }
  for (const part of parts) if (!isFrozen(part) && isPlain(part as object)) freeze(part);
}

function isPlain(part: object): boolean {
  const above: unknown = getPrototypeOf(part);
  return Array.isArray(part) || above === prototype || above === null;
}

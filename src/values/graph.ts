import { structured } from '../platform/clone.js';
import { described } from './described.js';
import { define } from './property.js';

/** Values that can be posted to a worker and not stored; and promises, which zone.js replaces by ordinary objects. */
const ONLY_SENT =
  /Promise|SharedArray|WebAssembly|VideoFrame|AudioData|EncodedAudio|EncodedVideo|CropTarget|RestrictionTarget/;

const { getPrototypeOf, prototype } = Object;

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
export class Graph {
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

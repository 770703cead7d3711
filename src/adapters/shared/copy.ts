import { SessionStoreError } from '../../index.js';
import { structured } from '../../platform/clone.js';
import { invalid } from '../../values/argument.js';
import { define } from '../../values/property.js';
import { UNREADABLE } from '../../values/schema.js';

/** Of a path in an error. */
const MOST_KEYS = 50;

/**
 * What a value is now, since whoever passed it may go on changing it in place, as Vue, MobX and Svelte do. Their proxies
 * become the plain values that they stand for. What structured clone does not take stays as it is: the store says best
 * what is wrong with it. What throws when it is read is `INVALID_ARGUMENT`: who has the copy may look at all of it.
 */
export function copyOf<T>(value: T, path: string): T {
  const seen = new Map<object, unknown>();
  /** Where it is, or where it has been stopped. */
  const keys = [path];

  const copied = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const into = <C>(copy: C): C => {
      seen.set(value, copy);
      return copy;
    };
    if (value instanceof Map) {
      const copy = into(new Map<unknown, unknown>());
      for (const [key, part] of value) copy.set(copied(key), copied(part));
      return copy;
    }
    if (value instanceof Set) {
      const copy = into(new Set<unknown>());
      for (const part of value) copy.add(copied(part));
      return copy;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    const isArray = Array.isArray(value);
    if (!isArray && prototype !== Object.prototype && prototype !== null) return into(clonedOr(value));
    const copy = into<object>(isArray ? [] : {});
    if (isArray) (copy as unknown[]).length = value.length;
    for (const key of Object.keys(value)) {
      keys.push(key);
      // Assigning to `__proto__` would not make a property of that name.
      define(copy, key, copied(value[key as never]));
      keys.pop();
    }
    return copy;
  };

  try {
    return copied(value) as T;
  } catch (cause) {
    const problem = cause instanceof RangeError ? 'is nested too deeply' : UNREADABLE;
    throw invalid(keys.slice(0, MOST_KEYS).join('.'), problem, cause);
  }
}

/** Dates, buffers, blobs, errors. */
function clonedOr(value: object): object {
  try {
    return structured(value);
  } catch (error) {
    if ((error as Error | null)?.name === 'DataCloneError' || error instanceof SessionStoreError)
      return value;
    throw error;
  }
}

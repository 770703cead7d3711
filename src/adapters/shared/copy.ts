import { SessionStoreError } from '../../index.js';
import { structured } from '../../platform/browser.js';
import { invalid } from '../../values/arguments.js';
import { define } from '../../values/property.js';
import { UNREADABLE } from '../../values/schema.js';

/** The limit of a path in an error. */
const MOST_KEYS = 50;

/**
 * Copies a value as it is now, since the caller may change it in place, as Vue, MobX and Svelte do. Proxies become
 * plain values. A part that structured clone refuses stays as it is, so that the store reports it. An error of a getter
 * or a proxy becomes `INVALID_ARGUMENT`: the copy can be read without any.
 */
export function copyOf<T>(value: T, path: string): T {
  const seen = new Map<object, unknown>();
  /** The current path, or the path where it stopped. */
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
      // An assignment to `__proto__` would not create a property of that name.
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

/** A clone of a date, buffer, blob or error, or the value itself. */
function clonedOr(value: object): object {
  try {
    return structured(value);
  } catch (error) {
    if ((error as Error | null)?.name === 'DataCloneError' || error instanceof SessionStoreError)
      return value;
    throw error;
  }
}

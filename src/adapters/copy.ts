import { structured } from '../platform/clone.js';
import { define } from '../validation/property.js';

/**
 * What a value is now, since whoever passed it may go on changing it in place, as Vue, MobX and Svelte do. Their proxies
 * become the plain values that they stand for. What cannot be copied stays as it is: the store says best what is wrong
 * with it, and where.
 */
export function copyOf<T>(value: T): T {
  try {
    return copied(value, new Map()) as T;
  } catch {
    return value;
  }
}

function copied(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const into = <C>(copy: C): C => {
    seen.set(value, copy);
    return copy;
  };
  if (value instanceof Map) {
    const copy = into(new Map<unknown, unknown>());
    for (const [key, part] of value) copy.set(copied(key, seen), copied(part, seen));
    return copy;
  }
  if (value instanceof Set) {
    const copy = into(new Set<unknown>());
    for (const part of value) copy.add(copied(part, seen));
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  const isArray = Array.isArray(value);
  if (!isArray && prototype !== Object.prototype && prototype !== null) return into(clonedOr(value));
  const copy = into<object>(isArray ? [] : {});
  if (isArray) (copy as unknown[]).length = value.length;
  for (const key of Object.keys(value)) {
    const part = copied(value[key as never], seen);
    // Assigning to `__proto__` would not make a property of that name.
    define(copy, key, part);
  }
  return copy;
}

/** Dates, buffers, blobs, errors. */
function clonedOr(value: object): object {
  try {
    return structured(value);
  } catch {
    return value;
  }
}

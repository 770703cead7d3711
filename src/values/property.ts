/**
 * Defines an own property. An assignment could change the prototype (`__proto__`), fail if an inherited property is
 * frozen (`toString`), or call a setter of the page; the descriptor inherits nothing either.
 */
export function define(target: object, key: string, value: unknown, enumerable = true): void {
  Object.defineProperty(target, key, {
    __proto__: null,
    value,
    enumerable,
    writable: true,
    configurable: true,
  } as PropertyDescriptor);
}

/**
 * Removes the prototype, so that names which a page has added to all objects are not found. For internal objects only.
 */
export const bare = <T extends object>(value: T): T => Object.setPrototypeOf(value, null) as T;

/** The same as `define`, and faster where an assignment is safe. */
export function put(target: object, key: string, value: unknown): void {
  if (key in target) define(target, key, value);
  else (target as Record<string, unknown>)[key] = value;
}

/** Removes the properties that are `undefined`. */
export function removeUndefined<T extends object>(record: T): T {
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) delete (record as Record<string, unknown>)[key];
  }
  return record;
}

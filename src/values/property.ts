/**
 * Gives an object a property of its own. Assigning would change what it inherits (`__proto__`), be refused where that is
 * frozen (`toString`), or call what a page has put there; and what describes a property inherits nothing itself.
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

/** Without what a page has given to all objects. For what is read by name, and handed to nobody. */
export const bare = <T extends object>(value: T): T => Object.setPrototypeOf(value, null) as T;

/** The same as `define`, faster where there is nothing to be afraid of. */
export function put(target: object, key: string, value: unknown): void {
  if (key in target) define(target, key, value);
  else (target as Record<string, unknown>)[key] = value;
}

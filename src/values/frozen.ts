const { freeze, getOwnPropertyDescriptor, getPrototypeOf, isFrozen, prototype } = Object;

/**
 * Whether nobody can ever change a value: plain objects and arrays with data properties only, frozen all the way down,
 * as Immer leaves them. Holds for a proxy too, since it must report what its frozen target has.
 */
export function isDeeplyFrozen(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const parts = new Set([value]);
  try {
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
 * Freezes the plain objects and arrays of a value that nobody else has; `false` if it has more than these, and then, if
 * `isWhole`, nothing is frozen. What is frozen already is taken for frozen all the way down.
 */
export function freezeDeeply(value: unknown, isWhole = true): boolean {
  const parts = new Set([value]);
  const others = new Set<unknown>();
  for (const part of parts) {
    if (isFrozen(part)) continue;
    if (isPlain(part as object)) for (const child of Object.values(part as object)) parts.add(child);
    else if (isWhole) return false;
    else others.add(part);
  }
  for (const part of parts) if (!others.has(part)) freeze(part);
  return true;
}

function isPlain(part: object): boolean {
  const above: unknown = getPrototypeOf(part);
  return Array.isArray(part) || above === prototype || above === null;
}

/**
 * `JSON.stringify` for internal values, ignoring `toJSON`: old libraries add one to all arrays or objects, which would
 * change files, and the data that a cipher is bound to.
 */
export const jsonOf = (value: unknown): string => JSON.stringify(value, 'toJSON' in [] ? asItIs : undefined);

/** Returns the original value instead of the result of `toJSON`. */
function asItIs(this: Record<string, unknown>, key: string): unknown {
  return this[key];
}

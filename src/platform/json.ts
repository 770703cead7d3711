/**
 * `JSON.stringify` for what is ours: old libraries give all arrays, or all objects, a `toJSON`, which would write
 * something else into a file, and bind a cipher to something else than in the next page.
 */
export const jsonOf = (value: unknown): string => JSON.stringify(value, 'toJSON' in [] ? asItIs : undefined);

/** What is there, instead of what `toJSON` has made of it. */
function asItIs(this: Record<string, unknown>, key: string): unknown {
  return this[key];
}

import { SessionStoreError } from '../errors.js';
import { type Issue, nonBlank, object, record, type Schema, type Shape, UNREADABLE } from './schema.js';
import { bare } from './property.js';

export function invalid(path: string, problem: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError(
    'INVALID_ARGUMENT',
    path ? `${path}: ${problem}` : problem,
    path || undefined,
    cause,
  );
}

/** Throws `INVALID_ARGUMENT` with the path of an issue, which starts with `prefix`. */
export function requireNone(issue: Issue | undefined, ...prefix: string[]): void {
  if (!issue) return;
  const keys = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  throw invalid([...prefix, ...keys].join('.'), issue.message, issue.cause);
}

/** Throws `INVALID_ARGUMENT` with the path of the first offending value, which starts with `prefix`. */
export function requireValid(schema: Schema, value: unknown, ...prefix: string[]): void {
  requireNone(schema(value), ...prefix);
}

export function requireId(id: unknown, path: string): asserts id is string {
  requireValid(nonBlank, id, path);
}

/** Whether it is a promise where a plain value was expected. Its rejection is handled, since nobody will await it. */
export function isUnexpectedPromise(value: unknown): value is PromiseLike<unknown> {
  const isPromise = typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
  if (isPromise) Promise.resolve(value).catch(() => {});
  return isPromise;
}

/**
 * Reads each property of a caller's object once. An error of a getter or a proxy becomes `INVALID_ARGUMENT`, with the
 * path and the cause.
 */
export function picked<T extends object>(
  from: T,
  path: string,
  keysOf: (from: T) => readonly string[] = Object.keys,
): T {
  let at = '';
  try {
    return Object.fromEntries(keysOf(from).map((key) => [(at = key), from[key as keyof T]])) as T;
  } catch (cause) {
    throw invalid([path, at].filter(Boolean).join('.'), UNREADABLE, cause);
  }
}

/**
 * Checks options and copies them as they are at the call. An unknown name is refused even if its value is `undefined`,
 * since it is probably misspelt. Symbols are ignored.
 */
export function taken<O extends object>(shape: Shape, options: O, path = 'options', what = 'option'): O {
  requireValid(record, options, path);
  let stranger: string | undefined;
  const copy = picked<O>(options, path, () => {
    // Inherited names count too, since they would be read; except those that a page has added to all objects.
    for (const key in options) if (!has(shape, key) && (has(options, key) || !isOfAll(key))) stranger ??= key;
    return Object.keys(shape).filter(
      (key) => has(options, key) || (key in options && !(key in Object.prototype)),
    );
  });
  if (stranger !== undefined) {
    throw invalid(`${path}.${stranger}`, `is no ${what}. ${advice(stranger, Object.keys(shape))}`);
  }
  requireValid(object(shape), copy, path);
  return bare(copy);
}

const has = (object: object, key: string) => ({}).hasOwnProperty.call(object, key);
const isOfAll = (key: string) => ({}).propertyIsEnumerable.call(Object.prototype, key);

/** The known name most similar to a misspelt one; if none is similar enough, all names. */
export function advice(written: string, known: string[]): string {
  const parts = partsOf(written);
  let best: string | undefined;
  let most = 0.55;
  for (const name of known) {
    const others = partsOf(name);
    const likeness =
      (2 * others.filter((part) => parts.includes(part)).length) / (parts.length + others.length);
    if (likeness > most) [best, most] = [name, likeness];
  }
  return best ? `Did you mean ${best}?` : `Known are ${known.join(', ')}`;
}

/** A name's letters and pairs of letters. */
function partsOf(name: string): string[] {
  const letters = name.slice(0, 40).toLowerCase().split('');
  return [...letters, ...letters.slice(1).map((letter, index) => letters[index] + letter)];
}

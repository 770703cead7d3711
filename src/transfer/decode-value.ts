import { unflatten } from 'devalue';
import * as z from 'zod/mini';
import { inspect, Unfit } from './inspect.js';
import type { EncodedValue } from './lines.js';

const bytes = z.instanceof(ArrayBuffer);

const shapes = {
  file: z.strictObject({ name: z.string(), type: z.string(), lastModified: z.number(), bytes }),
  blob: z.strictObject({ type: z.string(), bytes }),
  error: z.strictObject({
    name: z.string(),
    message: z.string(),
    stack: z.optional(z.string()),
    cause: z.optional(z.unknown()),
  }),
  array: z.strictObject({
    length: z.int().check(z.nonnegative(), z.maximum(2 ** 32 - 1)),
    entries: z.array(z.tuple([z.string(), z.unknown()])),
  }),
};

const ERRORS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** More digits than this take an engine too long to read; `inspect` refuses them before they are written. */
const MOST_DIGITS = 125_000;

const revivers: Record<string, (content: any) => unknown> = {
  File: (content) => {
    const { name, type, lastModified, bytes } = shapes.file.parse(content);
    return new File([bytes], name, { type, lastModified });
  },
  Blob: (content) => {
    const { type, bytes } = shapes.blob.parse(content);
    return new Blob([bytes], { type });
  },
  Error: (content) => {
    const { name, message, stack } = shapes.error.parse(content);
    const error = new (ERRORS.find((known) => known.name === name) ?? Error)(message);
    const hide = (key: string, value: unknown) =>
      Object.defineProperty(error, key, { value, writable: true, configurable: true });
    hide('stack', stack);
    if ('cause' in content) hide('cause', content.cause);
    return error;
  },
  Array: (content) => {
    const { length, entries } = shapes.array.parse(content);
    const array: unknown[] = [];
    // Reserving room for so many would take as much memory, whatever there is.
    array[2 ** 32 - 2] = undefined;
    Reflect.deleteProperty(array, 2 ** 32 - 2);
    array.length = length;
    for (const [key, value] of entries) {
      if (key === 'length' || key === '__proto__') throw new Unfit(`has the key "${key}"`);
      (array as unknown as Record<string, unknown>)[key] = value;
    }
    return array;
  },
  BigInt: (digits) => {
    if (typeof digits !== 'string' || digits.length > MOST_DIGITS) throw new Unfit('is too large a number');
    return BigInt(digits);
  },
};

/** Throws for what is not an encoded value, or must not be imported. */
export function decodeValue(encoded: EncodedValue): unknown {
  const value = 'json' in encoded ? encoded.json : unflatten(encoded.devalue as number | unknown[], revivers);
  inspect(value);
  return value;
}

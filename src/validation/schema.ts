// The part of Zod that Zod Mini is made of: a fifth smaller, and all that these schemas need.
import { $ZodCustom, $ZodObject, $ZodOptional, safeParse, type $ZodType } from 'zod/v4/core';

export type Schema = $ZodType;

/** An object with at least these properties; it may have others. */
export const object = (shape: Record<string, Schema>): Schema => new $ZodObject({ type: 'object', shape });

export const optional = (innerType: Schema): Schema => new $ZodOptional({ type: 'optional', innerType });

/** Whatever passes the test. `expected` completes the sentence "expected …". */
export const satisfying = (test: (value: any) => boolean, expected: string): Schema =>
  new $ZodCustom({
    type: 'custom',
    check: 'custom',
    fn: test,
    abort: true,
    error: () => `expected ${expected}`,
  });

export const string = satisfying((value) => typeof value === 'string', 'a string');

export const number = satisfying((value) => typeof value === 'number', 'a number');

export const nonBlank = satisfying(
  (value) => typeof value === 'string' && value.trim() !== '',
  'a non-blank string',
);

export const instant = satisfying(
  (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  'an RFC 3339 time',
);

export const record = object({});

/** What is wrong with a value first, `undefined` if it is fine. */
export const problemWith = (schema: Schema, value: unknown) => safeParse(schema, value).error?.issues[0];

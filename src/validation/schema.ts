// The part of Zod that Zod Mini is made of, and few kinds of schema: each kind that is used is linked in.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { $ZodCustom, $ZodObject, $ZodOptional, type $ZodType } from 'zod/v4/core';

export type Schema = $ZodType;

/** An object with at least these properties; it may have others. */
export const object = (shape: Record<string, Schema>): Schema => new $ZodObject({ type: 'object', shape });

export const optional = (innerType: Schema): Schema => new $ZodOptional({ type: 'optional', innerType });

/** Whatever passes the test. `expected` completes the sentence "expected …". */
export const satisfying = (fn: (value: any) => boolean, expected: string): Schema =>
  new $ZodCustom({ type: 'custom', check: 'custom', fn, error: () => `expected ${expected}` });

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

export const callable = satisfying((value) => typeof value === 'function', 'a function');

export const flag = satisfying((value) => typeof value === 'boolean', 'true or false');

export const record = object({});

/** What is wrong with a value first, `undefined` if it is fine. Asked the standard way, which links in the least. */
export function problemWith(schema: Schema, value: unknown): StandardSchemaV1.Issue | undefined {
  return (schema['~standard'].validate(value) as StandardSchemaV1.Result<unknown>).issues?.[0];
}

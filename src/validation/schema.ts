// A few checks by hand for what every call and every row goes through; `check()` has the whole of it, with Zod, and
// is loaded when it is asked for.
import type { StandardSchemaV1 } from '@standard-schema/spec';

type Issue = StandardSchemaV1.Issue;

/** Answers what is wrong with a value first, `undefined` if it is fine. */
export type Schema = (value: unknown) => Issue | undefined;

/** Whatever passes the test. `expected` completes the sentence "expected …". */
export const satisfying =
  (test: (value: any) => boolean, expected: string): Schema =>
  (value) =>
    test(value) ? undefined : { message: `expected ${expected}` };

export const optional =
  (schema: Schema): Schema =>
  (value) =>
    value === undefined ? undefined : schema(value);

export const record = satisfying(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object',
);

/** An object with at least these properties; it may have others. */
export const object =
  (shape: Record<string, Schema>): Schema =>
  (value) => {
    const problem = record(value);
    if (problem) return problem;
    for (const [key, schema] of Object.entries(shape)) {
      const issue = schema((value as Record<string, unknown>)[key]);
      if (issue) return { message: issue.message, path: [key, ...(issue.path ?? [])] };
    }
    return undefined;
  };

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

export const list = satisfying(Array.isArray, 'an array');

// What every call and every row goes through; stored.ts has what is asked of whole rows and files.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { described } from './described.js';

export interface Issue extends StandardSchemaV1.Issue {
  /** What was thrown by code of the caller's that hides in the value. */
  readonly cause?: unknown;
}

export const UNREADABLE = 'throws when it is read; see cause';

/** Answers what is wrong with a value first, `undefined` if it is fine. */
export type Schema = (value: unknown) => Issue | undefined;

/** Whatever passes the test. `expected` completes the sentence "expected …"; `tell` says what came. */
export const satisfying =
  (test: (value: any) => boolean, expected: string, tell: (value: unknown) => string = described): Schema =>
  (value) => {
    try {
      return test(value) ? undefined : { message: `expected ${expected}, got ${tell(value)}` };
    } catch (cause) {
      return { message: UNREADABLE, cause };
    }
  };

export const optional =
  (schema: Schema): Schema =>
  (value) =>
    value === undefined ? undefined : schema(value);

/** Whose content is not in its properties. */
const NO_RECORD = /Array|Map|Set|Date|RegExp|Promise|Error|Blob|Buffer|Number|String|Boolean/;

export const record = satisfying(
  (value) => typeof value === 'object' && value !== null && !NO_RECORD.test({}.toString.call(value)),
  'an object',
);

/** A property of its own: a page may have given one of this name to all objects. */
export const ownOf = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

export type Shape = Record<string, Schema>;

/** An object with at least these properties, of its own; it may have others. */
export const object =
  (shape: Shape): Schema =>
  (value) => {
    const problem = record(value);
    if (problem) return problem;
    for (const [key, schema] of Object.entries(shape)) {
      const issue = schema(ownOf(value as object, key));
      if (issue) return { ...issue, path: [key, ...(issue.path ?? [])] };
    }
    return undefined;
  };

export const string = satisfying((value) => typeof value === 'string', 'a string');

export const number = /* @__PURE__ */ satisfying((value) => typeof value === 'number', 'a number');

export const nonBlank = satisfying(
  (value) => typeof value === 'string' && value.trim() !== '',
  'a non-blank string',
);

export const callable = satisfying((value) => typeof value === 'function', 'a function');

export const flag = satisfying((value) => typeof value === 'boolean', 'true or false');

export const list = satisfying(Array.isArray, 'an array');

/** A realm of its own, as that of a test's page, has a class of its own. */
export const signal = optional(
  satisfying((value) => typeof value?.throwIfAborted === 'function', 'an AbortSignal'),
);

export const anything: Schema = () => undefined;

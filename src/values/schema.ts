// Checks for every call and every row; stored.ts has those for complete rows and files.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { described } from './described.js';

export interface Issue extends StandardSchemaV1.Issue {
  /** An error that the caller's own code threw while the value was read. */
  readonly cause?: unknown;
}

export const UNREADABLE = 'throws when it is read; see cause';

/** Returns the first problem of a value, `undefined` if it is valid. */
export type Schema = (value: unknown) => Issue | undefined;

/** A schema from a test. `expected` completes the sentence "expected …"; `tell` describes the value. */
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

/** Objects whose content is not in properties. */
const NO_RECORD = /Array|Map|Set|Date|RegExp|Promise|Error|Blob|Buffer|Number|String|Boolean/;

export const record = satisfying(
  (value) => typeof value === 'object' && value !== null && !NO_RECORD.test({}.toString.call(value)),
  'an object',
);

/** Reads an own property only: a page may have added one of this name to all objects. */
export const ownOf = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

export type Shape = Record<string, Schema>;

/** An object with at least these own properties. */
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

/** By its kind, not its class: another realm, such as a test's page, has a class of its own. */
export const signal = optional(
  satisfying((value) => typeof value?.throwIfAborted === 'function', 'an AbortSignal'),
);

export const anything: Schema = () => undefined;

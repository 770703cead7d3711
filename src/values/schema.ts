import type { StandardSchemaV1 } from '@standard-schema/spec';

/** The first characters of a text, for messages: none of them is cut in two. */
export const startOf = (text: string, length: number): string =>
  text.slice(0, length).replace(/[\ud800-\udbff]$/, '');

/** Describes a value for the end of an error: `a Date`, `a promise: await it`, `'yesterday'`. Calls at most getters. */
export function described(value: unknown): string {
  try {
    if (typeof value === 'string') return `'${startOf(value, 40)}${value.length > 40 ? '…' : ''}'`;
    if (Object(value) !== value) return String(value);
    if (typeof (value as PromiseLike<unknown>).then === 'function') return 'a promise: await it';
    const tag = {}.toString.call(value).slice(8, -1);
    const kind = (tag === 'Object' && (value as object).constructor?.name) || tag;
    return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${startOf(kind, 40)}`;
  } catch {
    return 'what cannot be read';
  }
}

// Checks for every call and every row; stored.ts has those for complete rows and files.

export interface Issue extends StandardSchemaV1.Issue {
  /** An error that the caller's own code threw while the value was read. */
  readonly cause?: unknown;
}

export const UNREADABLE = 'throws when it is read; see cause';

/** Returns the first problem of a value, `undefined` if it is valid. */
export type Schema = (value: unknown) => Issue | undefined;

/** A schema from a test. `expected` completes the sentence "expected …"; `tell` describes the value. */
export const satisfying =
  /* @__NO_SIDE_EFFECTS__ */
  (test: (value: any) => boolean, expected: string, tell: (value: unknown) => string = described): Schema =>
    (value) => {
      try {
        return test(value) ? undefined : { message: `expected ${expected}, got ${tell(value)}` };
      } catch (cause) {
        return { message: UNREADABLE, cause };
      }
    };

export const optional =
  /* @__NO_SIDE_EFFECTS__ */
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

/** Whether an object has all these values as its own. */
export const hasAll = (object: object, values: object): boolean =>
  Object.entries(values).every(([key, value]) => ownOf(object, key) === value);

export type Shape = Record<string, Schema>;

/** An object with at least these own properties. */
export const object =
  /* @__NO_SIDE_EFFECTS__ */
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

export const number = satisfying((value) => typeof value === 'number', 'a number');

export const nonBlank = satisfying(
  (value) => typeof value === 'string' && value.trim() !== '',
  'a non-blank string',
);

export const callable = satisfying((value) => typeof value === 'function', 'a function');

export const flag = satisfying((value) => typeof value === 'boolean', 'true or false');

export const list = satisfying(Array.isArray, 'an array');

export const oneOf =
  /* @__NO_SIDE_EFFECTS__ */
  (...values: unknown[]): Schema =>
    optional(satisfying((value) => values.includes(value), `"${values.join('" or "')}"`));

export const fromOne = optional(
  satisfying((count) => Number.isInteger(count) && count >= 1, 'a whole number from 1'),
);
export const fromZero = optional(
  satisfying((value) => typeof value === 'number' && value >= 0, 'a number from 0'),
);

/** By its kind, not its class: another realm, such as a test's page, has a class of its own. */
export const signal = optional(
  satisfying((value) => ({}).toString.call(value) === '[object AbortSignal]', 'an AbortSignal'),
);

export const anything: Schema = () => undefined;

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-](?:[01]\d|2[0-3])):([0-5]\d))$/i;

/**
 * The instant of an RFC 3339 time, in ms since 1970 with a fraction, as precise as a number allows. `NaN` for anything
 * else: a time without an offset, which depends on the time zone; a date that no calendar has; a leap second, which no
 * `Date` can hold.
 */
export function instantOf(text: unknown): number {
  const [, date, time, digits = '', hours, minutes] = (typeof text === 'string' && RFC_3339.exec(text)) || [];
  const local = `${date}T${time}.${digits.slice(0, 3).padEnd(3, '0')}Z`;
  const localMs = Date.parse(local);
  const offset = hours ? Number(hours) * 60 + Number(hours[0] + minutes!) : 0;
  const ms = localMs - offset * 60_000;
  // Invalid days overflow into the next month, and years outside of 0 to 9999 are written with more digits.
  const isReal = isoOf(localMs) === local && isoOf(ms).length === local.length;
  return isReal ? ms + Number(`.${digits.slice(3)}0`) : NaN;
}

const isoOf = (ms: number) => (Number.isNaN(ms) ? '' : new Date(ms).toISOString());

export const instant = satisfying(
  (value) => !Number.isNaN(instantOf(value)),
  'an RFC 3339 time with an offset, as toISOString() writes it',
);

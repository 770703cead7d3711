import type { IndexedDBSessionStore } from '../../index.js';
import { invalid } from '../../values/arguments.js';
import { optional, satisfying } from '../../values/schema.js';

/** A store with any type of `custom`. */
export type AnyStore = IndexedDBSessionStore<any>;

/** The schema of the option for how many earlier states are kept. */
export const historyShape = {
  history: optional(
    satisfying(
      (history) => history === false || (Number.isInteger(history) && history >= 1),
      'a whole number from 1, or false to keep no earlier states',
    ),
  ),
};

/**
 * A JSON copy: functions and `undefined` are left out, dates become strings. Errors: `INVALID_ARGUMENT` for a value
 * that JSON cannot hold (bigints, cyclic values), and for anything but an object.
 */
export function jsonObject(value: unknown, path: string): Record<string, unknown> {
  let copy: unknown;
  try {
    copy = JSON.parse(JSON.stringify(value) ?? 'null');
  } catch (cause) {
    throw invalid(path, 'cannot be written as JSON. Take bigints and circular references out of it', cause);
  }
  if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) {
    return copy as Record<string, unknown>;
  }
  throw invalid(path, 'must be an object that JSON can hold');
}

import type { IndexedDBSessionStore } from '../../index.js';
import { invalid } from '../../values/argument.js';
import { optional, satisfying } from '../../values/schema.js';

/** A store, whatever the type of its custom state. */
export type AnyStore = IndexedDBSessionStore<any>;

/** How many earlier states are kept. */
export const historyShape = {
  history: optional(
    satisfying(
      (history) => history === false || (Number.isInteger(history) && history >= 1),
      'a whole number from 1, or false to keep no earlier states',
    ),
  ),
};

/**
 * What would come back from a file: functions and `undefined` are left out, dates are strings. A copy, so that the caller
 * may go on changing the original. Errors: `INVALID_ARGUMENT` for what JSON cannot hold (bigints, what contains
 * itself), and for anything but an object.
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

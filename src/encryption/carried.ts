import type { SessionStoreError } from '../errors.js';
import { invalid } from '../validation/argument.js';
import type { RowStore } from './sealed-rows.js';

/** Says what of a row cannot be encrypted, by the path that the application knows it under. */
export function notCarried(store: RowStore | 'quarantine', row: any, cause: unknown): SessionStoreError {
  const { path = [] } = cause as { path?: readonly string[] };
  return invalid(
    keysFor(store, row, path).join('.'),
    'cannot be encrypted. Leave out objects of the browser such as keys, bitmaps and file handles',
    cause,
  );
}

function keysFor(store: RowStore | 'quarantine', row: any, keys: readonly string[]): string[] {
  const [first, second, third, ...rest] = keys;
  if (store === 'sessions') return ['patch', ...keys];
  if (store === 'quarantine') return [store, ...keys];
  // Whose state the entry is part of, and where, is not in its row.
  if (store === 'logs') return ['state'];
  if (first !== 'state') return keys.slice(1);
  return second === 'fields' ? ['state', row.state.fields[Number(third)][0], ...rest.slice(1)] : ['state'];
}

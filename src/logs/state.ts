import type { Entry } from './entry.js';
import type { Sequence } from './sequence.js';

/** The approximate size of a state without its entries, in bytes. */
const STATE_SIZE = 1000;

/**
 * A property of a state: an array of entries, one whose elements contain each other, one large value as an entry, or a
 * small value inline.
 */
export type LoadedField =
  | { key: string; kind: 'array' | 'linked' | 'one'; sequence: Sequence }
  | { key: string; kind: 'value'; value: unknown };

/** A state in memory. Its entries are shared with other states; `copyOut` copies it for the application. */
export interface LoadedState {
  fields: LoadedField[];
  media: readonly Entry[];
  /** Approximate, in bytes, shared entries included. */
  size: number;
}

export function stateOf(fields: LoadedField[]): LoadedState {
  const sequences = fields.flatMap((field) => (field.kind === 'value' ? [] : field.sequence));
  return {
    fields,
    media: [...new Set(sequences.flatMap(({ media }) => media))],
    size: sequences.reduce((sum, { size }) => sum + size, STATE_SIZE),
  };
}

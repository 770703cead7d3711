import { EntryIndex, Fresh, fresh, type LoggedField, type Plan, planState } from './diff.js';
import { reachOthers } from './links.js';
import { copyOut } from './load.js';
import { copy } from '../values/clone.js';
import { type LoadedField, type LoadedState, startOf } from './state.js';

/** Elements to append to a list, copied when they were given. */
export interface Added {
  parts: readonly Fresh[];
  /** Some contain others, so that they cannot be stored each by itself. */
  isLinked: boolean;
}

/** Copies elements, so that the caller may change them afterwards. Throws a DataCloneError for what cannot be stored. */
export function addedOf(elements: readonly unknown[]): Added {
  const isLinked = reachOthers(elements, elements);
  // Copied together, so that what they share is not copied with each of them.
  const parts = isLinked
    ? copy(elements).map((value) => new Fresh(value, false, [], undefined))
    : elements.map((each) => fresh(each, () => undefined));
  return { parts, isLinked };
}

/** What is new in a list of a state. */
export interface Extended {
  key: string;
  /** How many of the list's elements stay; by default all. */
  length?: number | undefined;
  added: Added;
}

/**
 * Plans a state of which it is known what is new: `list` in one of its lists, and `changes` in its other fields. Nothing
 * old is looked at.
 */
export function planExtended(
  base: LoadedState | null | undefined,
  list: Extended | undefined,
  changes: Record<string, unknown>,
): Plan {
  const others = (base?.fields ?? []).filter(({ key }) => key !== list?.key && !Object.hasOwn(changes, key));
  return [...others.map(kept), ...planState(changes, base), ...(list ? [listPlan(base, list)] : [])];
}

const kept = (field: LoadedField): Plan[number] => (field.kind === 'value' ? field : whole(field));

function whole({ key, kind, sequence }: Exclude<LoadedField, { kind: 'value' }>): LoggedField {
  return { key, kind, last: sequence.entries.at(-1), start: sequence, rest: [] };
}

function listPlan(
  base: LoadedState | null | undefined,
  { key, length = Infinity, added }: Extended,
): Plan[number] {
  const { parts, isLinked } = added;
  const list = base?.fields.find((field) => field.key === key);
  if (list?.kind === 'array' && !isLinked) {
    let shelf: EntryIndex | undefined;
    const known = (value: unknown) => (shelf ??= new EntryIndex(base!.media)).medium(value);
    const rest = parts.map(({ value, isPlain, media, twin }) => {
      const found = media.map((medium) => ({ ...medium, known: known(medium.value) }));
      return new Fresh(value, isPlain, found, twin);
    });
    return {
      ...whole({ ...list, sequence: startOf(list.sequence, length) }),
      last: list.sequence.entries.at(-1),
      rest,
    };
  }
  const old = list && copyOut({ ...base!, fields: [list] }, false)[key];
  // Changed in place: an array may have more holes than anybody could go through.
  const all: unknown[] = Array.isArray(old) ? old : [];
  all.length = Math.min(all.length, length);
  for (const { value } of parts) all.push(value);
  return planState({ [key]: all }, base)[0]!;
}

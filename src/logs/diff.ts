import { copy, isPlainArray } from '../values/clone.js';
import { isDeeplyFrozen } from '../values/frozen.js';
import type { Entry } from './entry.js';
import { reachOthers, unlinked, valueOf } from './links.js';
import { Lookalikes } from './lookalikes.js';
import { match, type Matched } from './match.js';
import { sizeOf, survey } from './media.js';
import { EMPTY, startOf, type Sequence } from './sequence.js';
import type { LoadedField, LoadedState } from './state.js';

/** Smaller values stay in the snapshot's own row, in bytes. */
const INLINE_SIZE = 512;

/** An array is stored anew if it has more runs than this, and more than a quarter as many as elements. */
const MOST_RUNS = 64;

/** A copy of a value that no entry of the base equals; its media may still be shared. */
export class Fresh {
  constructor(
    readonly value: unknown,
    readonly isPlain: boolean,
    readonly media: { path: string[]; value: unknown; known: Entry | undefined }[],
    /** The original, if it is deeply frozen. */
    readonly twin: object | undefined,
  ) {}
}

/** A property that is kept in logs. */
export interface LoggedField {
  key: string;
  kind: 'array' | 'linked' | 'one';
  /** The last entry of the base. */
  last: Entry | undefined;
  /** The entries that state and base begin with. */
  start: Sequence;
  /** What follows: entries of the base where they equal an element, otherwise copies. */
  rest: (Entry | Fresh)[];
}

/** What of a state is new and what is shared; nothing is written yet. */
export type Plan = (Extract<LoadedField, { kind: 'value' }> | LoggedField)[];

/**
 * Finds what a state shares with its base, an earlier state of the same session, most often the parent's, and copies
 * the rest, so that the caller may change it afterwards. Throws a DataCloneError for a value that cannot be stored.
 */
export function planState(state: object, base: LoadedState | null | undefined): Plan {
  const before = new Map(base?.fields.map((field) => [field.key, field]));
  let shelf: Lookalikes | undefined;
  const knownMedium = (value: unknown) => (shelf ??= new Lookalikes(base?.media ?? [])).medium(value);
  return Object.entries(state).map(([key, value]: [string, unknown]): Plan[number] => {
    if (sizeOf(value, INLINE_SIZE) < INLINE_SIZE) return { key, kind: 'value', value: copy(value) };
    const known = before.get(key);
    const planned = (kind: LoggedField['kind'], values: readonly unknown[]): LoggedField => {
      const isLinked = kind === 'linked';
      const old =
        known && known.kind !== 'value' && (known.kind === 'linked') === isLinked ? known.sequence : EMPTY;
      const { same, others } = shared(old, values);
      const added = values.slice(same).filter((_, index) => !others[index]);
      const parts = kind === 'array' && reachOthers(values, added) && unlinked(values);
      if (parts) return planned('linked', parts);
      const rest = values.slice(same).map((each, index) => others[index] ?? fresh(each, knownMedium));
      return { key, kind, last: old.entries.at(-1), start: startOf(old, same), rest };
    };
    if (typeof value !== 'object' || !isPlainArray(value!)) return planned('one', [value]);
    const parts = known?.kind === 'linked' && unlinked(value);
    return parts ? planned('linked', parts) : planned('array', value);
  });
}

type KnownMedium = (value: unknown) => Entry | undefined;

function shared(old: Sequence, values: readonly unknown[]): Pick<Matched, 'same' | 'others'> {
  const { same, others, runs } = match(old.entries, values);
  // Spans of so many runs would cost more than sharing saves.
  return { same, others: runs > MOST_RUNS && runs > values.length / 4 ? [] : others };
}

function fresh(original: unknown, knownMedium: KnownMedium): Fresh {
  const value = copy(original);
  const { isPlain, media: found } = survey(value);
  const known = found.map((medium) => ({ ...medium, known: knownMedium(medium.value) }));
  return new Fresh(value, isPlain, known, isDeeplyFrozen(original) ? original : undefined);
}

/** Combines several bases: the fields that the first has in logs, and from the others those that it has not. */
export function mergedBase(states: readonly LoadedState[]): LoadedState | undefined {
  const [first, second] = states;
  if (!first || !second) return first;
  const logged = first.fields.filter(({ kind }) => kind !== 'value');
  const keys = new Set(logged.map(({ key }) => key));
  return {
    fields: [...logged, ...second.fields.filter(({ key }) => !keys.has(key))],
    media: [...new Set([...second.media, ...first.media])],
    size: first.size + second.size,
  };
}

/** The planned state. */
export function plannedState(plan: Plan): object {
  return Object.fromEntries(
    plan.map((field) => {
      if (field.kind === 'value') return [field.key, field.value];
      const entries = [...field.start.entries, ...field.rest];
      // `valueOf` changes linked entries in place.
      const values = entries.map(({ value, twin }) =>
        field.kind === 'linked' ? copy(value) : (twin ?? value),
      );
      return [field.key, valueOf(field.kind, values)];
    }),
  );
}

import { copy, isDeeplyFrozen, isPlainArray } from '../values/clone.js';
import { EMPTY, type Entry, type LoadedField, type LoadedState, type Sequence, startOf } from './state.js';
import { reachOthers, unlinked, valueOf } from './links.js';
import { sizeOf, survey } from './media.js';
import { equal, equalTrees } from '../values/deep-equal.js';
import { addTo, firstIndex } from '../values/collections.js';

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
  let shelf: EntryIndex | undefined;
  const knownMedium = (value: unknown) => (shelf ??= new EntryIndex(base?.media ?? [])).medium(value);
  return Object.entries(state).map(([key, value]: [string, unknown]): Plan[number] => {
    if (isSmall(value)) return { key, kind: 'value', value: copy(value) };
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
    if (typeof value !== 'object' || !isPlainArray(value!)) {
      // Of messages it is told how many there are, which the row alone has to say.
      return key === 'messages' ? { key, kind: 'value', value: copy(value) } : planned('one', [value]);
    }
    const parts = known?.kind === 'linked' && unlinked(value);
    return parts ? planned('linked', parts) : planned('array', value);
  });
}

/** Whether it stays in the snapshot's own row. */
export const isSmall = (value: unknown): boolean => sizeOf(value, INLINE_SIZE) < INLINE_SIZE;

type KnownMedium = (value: unknown) => Entry | undefined;

function shared(old: Sequence, values: readonly unknown[]): Pick<Matched, 'same' | 'others'> {
  const { same, others, runs } = match(old.entries, values);
  // Spans of so many runs would cost more than sharing saves.
  return { same, others: runs > MOST_RUNS && runs > values.length / 4 ? [] : others };
}

export function fresh(original: unknown, knownMedium: KnownMedium): Fresh {
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

/** Into how many entries a comparison looks for lookalikes: into a long chat little by little, save by save. */
const MOST_LOOKS = 128;

interface Matched {
  /** How many values equal the first entries of the base, in order. */
  same: number;
  /** For each of the other values, the entry that it equals. */
  others: (Entry | undefined)[];
  /** How many runs of the base these entries are from. */
  runs: number;
}

/**
 * Finds for every value the entry of the base that equals it, if any. Handles arrays that were appended to, cut at the
 * front, edited, or had elements removed. Each value is compared a limited number of times.
 */
function match(base: readonly Entry[], values: readonly unknown[]): Matched {
  // Copies of instances, to be compared as they would be stored.
  const copies: unknown[] = [];
  let looks = MOST_LOOKS;
  const isSame = (at: number, index: number): boolean => {
    const entry = base[at];
    if (!entry) return false;
    const { value, isPlain, twin } = entry;
    const given = values[index];
    // Entries are private unless they were given out frozen.
    if (typeof given === 'object' && (given === twin || given === value)) return true;
    if (isPlain && entry.alike === undefined && looks-- > 0) entry.alike = alikeIn(value);
    let isEqual = !!entry.alike && equalTrees(value, given, entry.alike);
    if (!isEqual) {
      const result = equal(value, copies[index] ?? given, isPlain);
      isEqual = result ?? equal(value, (copies[index] ??= copy(given)), isPlain) ?? false;
      // The next quick look would be as vain.
      if (isEqual && entry.alike) entry.alike = null;
    }
    if (isEqual && isDeeplyFrozen(given)) entry.twin = given;
    return isEqual;
  };
  let same = 0;
  for (;;) {
    // Most of a long chat is often the very objects that are known; a loop without a call takes a fraction of the time.
    for (let entry: Entry | undefined; (entry = base[same]) && same < values.length; same++) {
      const given = values[same];
      if (typeof given !== 'object' || (given !== entry.twin && given !== entry.value)) break;
    }
    if (same >= values.length || !isSame(same, same)) break;
    same++;
  }
  const others: (Entry | undefined)[] = [];
  let next = same;
  let runs = 1;
  let known: EntryIndex | undefined;
  for (let index = same; index < values.length; index++) {
    if (!isSame(next, index)) {
      // After all entries of the base, everything is new.
      const isAppended = runs === 1 && next === base.length;
      const found = isAppended
        ? undefined
        : (known ??= new EntryIndex(base)).indexOf(values[index], next, (at) => isSame(at, index));
      if (found === undefined) {
        others.push(undefined);
        continue;
      }
      next = found;
      runs++;
    }
    others.push(base[next++]);
  }
  return { same, others, runs };
}

/** How many entries with the same fingerprint are compared before a value counts as new. */
const CANDIDATES = 8;

/** Entries by their fingerprints. */
export class EntryIndex {
  readonly #indexes = new Map<unknown, number[]>();
  readonly #entries: Entry[] = [];

  constructor(entries: Iterable<Entry>) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: Entry): void {
    const print = (entry.print ??= fingerprint(entry.value));
    const index = this.#entries.push(entry) - 1;
    addTo(this.#indexes, print, index);
  }

  /**
   * The index of an entry that equals the value. Indexes after `after` come first, since histories lose elements at the
   * front and in the middle.
   */
  indexOf(value: unknown, after: number, isSame: (index: number) => boolean): number | undefined {
    const indexes = this.#indexes.get(fingerprint(value)) ?? [];
    const from = firstIndex(indexes, (index) => index > after);
    for (let i = 0; i < indexes.length && i < CANDIDATES; i++) {
      const index = indexes[(from + i) % indexes.length]!;
      if (isSame(index)) return index;
    }
    return undefined;
  }

  /** An existing entry for the same medium. */
  medium(value: unknown): Entry | undefined {
    const index = this.indexOf(
      value,
      -1,
      (index) => equal(this.#entries[index]!.value, value, true) === true,
    );
    return index === undefined ? undefined : this.#entries[index];
  }
}

/** How many nested values, and how many bytes of a buffer, are hashed. */
const MOST_PARTS = 1000;

const mix = (hash: number, part: number) => (Math.imul(hash ^ part, 0x01000193) + 1) | 0;

/** What is hashed, and what it finds. */
interface Hashing {
  left: number;
  /** The first object of each hash. */
  firsts: Map<number, object>;
  alike: Set<object>;
  /** Whether there were only plain objects and arrays. */
  isTree: boolean;
}

const hashing = (): Hashing => ({ left: MOST_PARTS, firsts: new Map(), alike: new Set(), isTree: true });

/** The same for equal values, different for most others. Only a hint where to compare. */
function fingerprint(value: unknown): unknown {
  // A Map compares primitives by itself.
  return typeof value === 'object' && value ? hashOf(value, hashing()) : value;
}

/** The objects inside a value that may equal another one inside it. */
function alikeIn(value: unknown): Entry['alike'] {
  const found = hashing();
  hashOf(value, found);
  return found.left < 0 || !found.isTree ? null : found.alike;
}

function hashOf(value: unknown, found: Hashing): number {
  let hash = 2;
  if (typeof value !== 'object' || !value) {
    const text = String(value);
    for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
    return mix(hash, text.length);
  }
  found.isTree &&= Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (value instanceof Date) return hashOf(value.getTime(), found);
  const bytes = bytesOf(value);
  if (bytes) {
    const step = Math.ceil(bytes.length / MOST_PARTS);
    for (let i = 0; i < bytes.length; i += step) hash = mix(hash, bytes[i]!);
    return mix(hash, bytes.length);
  }
  for (const part of partsOf(value)) {
    if (found.left-- < 0) break;
    hash = mix(hash, hashOf(part, found));
  }
  const first = found.firsts.get(hash);
  if (first) found.alike.add(first).add(value);
  else found.firsts.set(hash, value);
  return hash;
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return value instanceof Set ? value : Object.entries(value).flat();
}

/** The bytes of a buffer or view. */
function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

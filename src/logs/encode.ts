import { ROW_FORMAT, type LogRow, type StoredState } from '../database/schema.js';
import { copy, isPlainArray } from '../validation/clone.js';
import { toSpans, type Entry } from './entry.js';
import { equal } from './equal.js';
import type { LoadedField, LoadedState } from './load.js';
import { match } from './match.js';
import { findMedia, isSmall, replaceAt, sizeOf } from './media.js';

/** What is smaller than this stays in the snapshot's own row, in bytes. */
const INLINE_SIZE = 512;

/** Of more runs than this, and more than a quarter as many as there are elements, an array is stored anew. */
const MOST_RUNS = 64;

/** Where new entries go. */
export interface LogWriter {
  /** Told first which entries of the base stay in use. */
  keep(entries: () => Iterable<Entry>): Promise<void>;
  /** Where to append what continues `last`, the last entry of the base. */
  placeAfter(last: Entry | undefined): Promise<{ log: number; at: number }>;
  write(log: number, row: LogRow): void;
}

export interface Encoded {
  stored: StoredState;
  loaded: LoadedState;
}

/** A property that is kept in logs: its elements, old entries where they equal one, otherwise copies. */
interface LoggedField {
  key: string;
  kind: 'array' | 'one';
  last: Entry | undefined;
  elements: (Entry | Fresh)[];
}

/** A value that nothing in the base equals, copied; its media may be there all the same. */
class Fresh {
  constructor(
    readonly value: unknown,
    readonly media: { path: string[]; value: unknown; known: Entry | undefined }[],
  ) {}
}

/** What of a state is new and what is not, with nothing written yet. */
export type Plan = (LoadedField | LoggedField)[];

/**
 * Finds what a state shares with the base, an earlier state of the same session, most often the parent's; and
 * copies the rest, so that the caller may go on changing it. Throws a DataCloneError for what cannot be stored.
 */
export function planState(state: object, base: LoadedState | null | undefined): Plan {
  const before = new Map(base?.fields.map((field) => [field.key, field]));
  return Object.entries(state).map(([key, value]: [string, unknown]): LoadedField | LoggedField => {
    if (isSmall(value, INLINE_SIZE)) return { key, kind: 'value', value: copy(value) };
    const known = before.get(key);
    const old = !known || known.kind === 'value' ? [] : known.entries;
    const isArray = typeof value === 'object' && isPlainArray(value!);
    const elements = elementsOf(old, isArray ? value : [value], base?.media ?? []);
    return { key, kind: isArray ? 'array' : 'one', last: old.at(-1), elements };
  });
}

/** One base of several: what the first has in logs, and of the others what it has not. */
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

/** The state that was planned. */
export function plannedState(plan: Plan): object {
  return Object.fromEntries(
    plan.map((field) => {
      if ('value' in field) return [field.key, field.value];
      const parts = 'elements' in field ? field.elements : field.entries;
      const values = parts.map(({ value }) => value);
      return [field.key, field.kind === 'one' ? values[0] : values];
    }),
  );
}

/** Appends to logs what is new in a state, and refers to the rest. */
export async function encodeState(
  plan: Plan,
  base: LoadedState | null | undefined,
  writer: LogWriter,
): Promise<Encoded> {
  await writer.keep(() =>
    plan
      .flatMap((field) => ('elements' in field ? field.elements : []))
      .flatMap((element) =>
        isEntry(element)
          ? [element, ...element.media.map(({ entry }) => entry)]
          : element.media.flatMap(({ known }) => known ?? []),
      ),
  );
  const shelf = new MediaShelf(base?.media.at(-1), writer);
  const fields: LoadedField[] = [];
  for (const field of plan) {
    fields.push(
      'elements' in field
        ? { key: field.key, kind: field.kind, entries: await append(field, shelf, writer) }
        : field,
    );
  }
  const entries = fields.flatMap((field) => (field.kind === 'value' ? [] : field.entries));
  const loaded: LoadedState = {
    fields,
    media: [...mediaOf(entries)],
    size: entries.reduce((sum, { size }) => sum + size, 1000),
  };
  return { stored: toStored(loaded), loaded };
}

function toStored({ fields, media }: LoadedState): StoredState {
  return {
    fields: fields.map((field) =>
      field.kind === 'value'
        ? [field.key, 'value', field.value]
        : [field.key, field.kind, toSpans(field.entries)],
    ),
    media: toSpans(media),
  };
}

const isEntry = (element: Entry | Fresh): element is Entry => !(element instanceof Fresh);

function elementsOf(
  old: readonly Entry[],
  values: readonly unknown[],
  media: readonly Entry[],
): (Entry | Fresh)[] {
  const matched = match(old, values);
  // References to more runs would soon cost more than what they save.
  const anew = matched.runs > MOST_RUNS && matched.runs > values.length / 4;
  return values.map((original, index) => {
    const known = anew ? undefined : matched.entries[index];
    if (known) return known;
    const value = copy(original);
    const found = findMedia(value).map((medium) => ({
      ...medium,
      known: media.find((entry) => equal(entry.value, medium.value)),
    }));
    return new Fresh(value, found);
  });
}

function mediaOf(entries: readonly Entry[]): Set<Entry> {
  const media = new Set<Entry>();
  for (const entry of entries) for (const medium of entry.media) media.add(medium.entry);
  return media;
}

/** Appends what is fresh, all in one row. */
async function append(field: LoggedField, shelf: MediaShelf, writer: LogWriter): Promise<Entry[]> {
  if (field.elements.every(isEntry)) return field.elements;
  const { log, at } = await writer.placeAfter(field.last);
  const row: LogRow = { format: ROW_FORMAT, at, size: 0, entries: [] };
  const entries: Entry[] = [];
  for (const element of field.elements) {
    if (isEntry(element)) {
      entries.push(element);
      continue;
    }
    const entry: Entry = { log, at: at + row.entries.length, value: element.value, size: 0, media: [] };
    for (const { path, value, known } of element.media) {
      const medium = known ?? (await shelf.find(value));
      entry.media.push({ path, entry: medium });
      (row.media ??= []).push([row.entries.length, path, medium.log, medium.at]);
    }
    const rest = replaceAt(
      element.value,
      entry.media.map(({ path }) => ({ path, value: null })),
    );
    entry.size = sizeOf(rest);
    row.size += entry.size;
    row.entries.push(rest);
    entries.push(entry);
  }
  writer.write(log, row);
  return entries;
}

/** The media that this save adds. */
class MediaShelf {
  readonly #added: Entry[] = [];

  constructor(
    readonly last: Entry | undefined,
    readonly writer: LogWriter,
  ) {}

  async find(value: unknown): Promise<Entry> {
    const known = this.#added.find((entry) => equal(entry.value, value));
    if (known) return known;
    const { log, at } = await this.writer.placeAfter(this.#added.at(-1) ?? this.last);
    const entry: Entry = { log, at, value, size: sizeOf(value), media: [] };
    this.writer.write(log, { format: ROW_FORMAT, at, size: entry.size, entries: [value] });
    this.#added.push(entry);
    return entry;
  }
}

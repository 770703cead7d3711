import type { Spans } from '../database/schema.js';

/** One immutable element of a log, in memory. */
export interface Entry {
  /** The log and the position in it. */
  log: number;
  at: number;
  /** With its media in place. Never given to an application, since states share it. */
  value: unknown;
  /** Approximate, in bytes, without media. */
  size: number;
  /** The media inside the value, which are entries themselves. */
  media: { path: string[]; entry: Entry }[];
  /** No object occurs twice in it, and all objects and arrays are as literals make them. */
  isPlain: boolean;
  /**
   * The application's own object that was found equal and is deeply frozen: it stays equal, so that it need not be
   * compared again.
   */
  twin?: object;
  /** The objects inside it that equal others inside it, once computed; `null` if a quick look does not help. */
  alike?: ReadonlySet<object> | null | undefined;
  /** Its fingerprint, once computed. */
  print?: unknown;
}

/** Entries in the order in which they make up a value, with sums over them. Immutable. */
export interface Sequence {
  readonly entries: readonly Entry[];
  /** The spans of the entries. */
  readonly spans: Spans;
  /** All media inside them, each once. */
  readonly media: readonly Entry[];
  /** Approximate, in bytes. */
  readonly size: number;
}

export const EMPTY: Sequence = { entries: [], spans: [], media: [], size: 0 };

/** Takes time for the added entries only, however long the sequence is. */
export function continued(sequence: Sequence, added: readonly Entry[]): Sequence {
  if (added.length === 0) return sequence;
  const spans = [...sequence.spans];
  const media = new Set(sequence.media);
  let { size } = sequence;
  // Each entry is visited once, however often it occurs.
  const seen = new Set<Entry>();
  for (const entry of added) {
    extend(spans, entry);
    size += entry.size;
    if (entry.media.length === 0 || seen.has(entry)) continue;
    seen.add(entry);
    for (const medium of entry.media) media.add(medium.entry);
  }
  return { entries: sequence.entries.concat(added), spans, media: [...media], size };
}

/** Takes time for what is left out only, if it has no media. */
export function startOf(sequence: Sequence, length: number): Sequence {
  const { entries, media } = sequence;
  if (length >= entries.length) return sequence;
  const left = entries.slice(length);
  if (length === 0 || left.some((entry) => entry.media.length > 0))
    return continued(EMPTY, entries.slice(0, length));
  const spans = [...sequence.spans];
  for (let rest = left.length; rest > 0;) {
    const count = spans.at(-1)!;
    if (count > rest) spans[spans.length - 1] = count - rest;
    else spans.length -= 3;
    rest -= count;
  }
  const size = sequence.size - left.reduce((sum, entry) => sum + entry.size, 0);
  return { entries: entries.slice(0, length), spans, media, size };
}

export function toSpans(entries: readonly Pick<Entry, 'log' | 'at'>[]): Spans {
  const spans: Spans = [];
  for (const entry of entries) extend(spans, entry);
  return spans;
}

function extend(spans: Spans, { log, at }: Pick<Entry, 'log' | 'at'>): void {
  const last = spans.length - 3;
  if (last >= 0 && spans[last] === log && at === spans[last + 1]! + spans[last + 2]!) spans[last + 2]!++;
  else spans.push(log, at, 1);
}

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

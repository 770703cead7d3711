import type { Spans } from '../database/schema.js';
import type { Entry } from './entry.js';

/** Entries in the order in which they make up a value, with what is known of them together. Never changed. */
export interface Sequence {
  readonly entries: readonly Entry[];
  /** The runs that they are made of. */
  readonly spans: Spans;
  /** All media inside them, each once. */
  readonly media: readonly Entry[];
  /** Roughly, in bytes. */
  readonly size: number;
}

export const EMPTY: Sequence = { entries: [], spans: [], media: [], size: 0 };

/** Entries whose spans are known. */
export function sequenceOf(entries: readonly Entry[], spans: Spans): Sequence {
  const media = new MediaOf();
  let size = 0;
  for (const entry of entries) {
    media.add(entry);
    size += entry.size;
  }
  return { entries, spans, media: [...media.all], size };
}

/** Costs what is added, however long the sequence is. */
export function continued(sequence: Sequence, added: readonly Entry[]): Sequence {
  if (added.length === 0) return sequence;
  const spans = [...sequence.spans];
  const media = new MediaOf(sequence.media);
  let { size } = sequence;
  for (const entry of added) {
    extend(spans, entry);
    media.add(entry);
    size += entry.size;
  }
  return { entries: sequence.entries.concat(added), spans, media: [...media.all], size };
}

/** The media of entries, each entry looked at once, however often it comes. */
class MediaOf {
  readonly all: Set<Entry>;
  readonly #seen = new Set<Entry>();

  constructor(known?: Iterable<Entry>) {
    this.all = new Set(known);
  }

  add(entry: Entry): void {
    if (entry.media.length === 0 || this.#seen.has(entry)) return;
    this.#seen.add(entry);
    for (const medium of entry.media) this.all.add(medium.entry);
  }
}

export function startOf(sequence: Sequence, length: number): Sequence {
  if (length === sequence.entries.length) return sequence;
  return continued(EMPTY, sequence.entries.slice(0, length));
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

import type { Spans } from '../database/schema.js';
import type { Entry } from './entry.js';

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

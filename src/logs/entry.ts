import { atOnce, UNITS, type Steps } from '../database/pace.js';
import type { Spans } from '../database/schema.js';
import type { Run } from './runs.js';

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
  /** Its fingerprint, once computed. */
  print?: unknown;
}

/** The runs of several spans, by log, unordered. */
export function* gathering(all: Iterable<Spans>): Steps<Map<number, Run[]>> {
  const runs = new Map<number, Run[]>();
  let units = 0;
  for (const spans of all) {
    for (let i = 0; i < spans.length; i += 3) {
      if (++units % UNITS === 0) yield;
      const [log, from, count] = [spans[i]!, spans[i + 1]!, spans[i + 2]!];
      const known = runs.get(log);
      if (known) known.push([from, from + count]);
      else runs.set(log, [[from, from + count]]);
    }
  }
  return runs;
}

export const runsByLog = (all: Iterable<Spans>): Map<number, Run[]> => atOnce(gathering(all));

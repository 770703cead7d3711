import { type Steps, UNITS } from '../../database/pace.js';
import type { Spans, StoredField } from '../../database/schema.js';
import { addRun, merged, merging, type Run } from '../../logs/runs.js';
import type { MediumAddress } from '../format/lines.js';
import { spansIn } from '../../database/spans.js';
import { addTo, firstIndex } from '../../values/collections.js';

/** An entry with media, and their runs by log. */
interface WithMedia {
  at: number;
  runs: ReadonlyMap<number, readonly Run[]>;
}

/** The media that an earlier snapshot reached from the same start, so that a longer one only adds to them. */
interface Known {
  /** The position of its start. */
  from: number;
  /** The index of the next entry with media to be added. */
  next: number;
  runs: Map<number, Run[]>;
}

/** An index of entries with media, to find a state's media without visiting all its entries. */
export class MediaIndex {
  readonly #byLog = new Map<number, WithMedia[]>();
  /** The latest one for each log. */
  readonly #known = new Map<number, Known>();

  /** `look` is called before so many runs are visited. */
  constructor(readonly look: (amount: number) => void) {}

  /** Has to be called in order of position. */
  add(log: number, at: number, places: readonly MediumAddress[]): void {
    const runs = new Map<number, Run[]>();
    for (const [, mediaLog, mediaAt] of places) addRun(runs, mediaLog, mediaAt, mediaAt + 1);
    for (const [mediaLog, each] of runs) runs.set(mediaLog, merged(each));
    addTo(this.#byLog, log, { at, runs });
  }

  /** All media in the fields, each once. */
  *within(fields: readonly StoredField[]): Steps<Spans> {
    const found = new Map<number, Run[]>();
    let units = 0;
    const take = (runs: ReadonlyMap<number, readonly Run[]>) => {
      for (const [log, each] of runs) {
        this.look(each.length);
        for (const [from, to] of each) addRun(found, log, from, to);
      }
    };
    const seen = new Map<string, number>();
    for (const [, kind, spans] of fields) {
      if (kind === 'value') continue;
      for (const [log, from, count] of spansIn(spans)) {
        if (++units % UNITS === 0) yield;
        const place = `${log},${from}`;
        if ((seen.get(place) ?? 0) >= count || !this.#byLog.has(log)) continue;
        seen.set(place, count);
        take(yield* this.#from(log, from, count));
      }
    }
    const result: Spans = [];
    for (const [log, each] of found) {
      for (const [from, to] of yield* merging(each)) {
        if (result.push(log, from, to - from) % (3 * UNITS) === 0) yield;
      }
    }
    return result;
  }

  *#from(log: number, from: number, count: number): Steps<ReadonlyMap<number, readonly Run[]>> {
    const entries = this.#byLog.get(log)!;
    const first = firstIndex(entries, ({ at }) => at >= from);
    const known = this.#known.get(log);
    const end = from + count;
    // A history usually starts with the previous one.
    const isBeginning = known?.from === from && (known.next === first || entries[known.next - 1]!.at < end);
    const reached: Known = isBeginning ? known : { from, next: first, runs: new Map() };
    let units = 0;
    for (; reached.next < entries.length && entries[reached.next]!.at < end; reached.next++) {
      for (const [mediaLog, each] of entries[reached.next]!.runs) {
        this.look(each.length);
        for (const [start, to] of each) {
          if (++units % UNITS === 0) yield;
          addRun(reached.runs, mediaLog, start, to);
        }
      }
    }
    for (const [mediaLog, each] of units > 0 ? reached.runs : []) {
      reached.runs.set(mediaLog, yield* merging(each));
    }
    this.#known.set(log, reached);
    return reached.runs;
  }
}

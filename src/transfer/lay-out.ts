import {
  ROW_FORMAT,
  type LogRow,
  type SnapshotRow,
  type Spans,
  type StoredField,
  type StoredState,
} from '../database/schema.js';
import { sizeOf, survey } from '../logs/media.js';
import { toSpans } from '../logs/sequence.js';
import { invalid } from '../validation/argument.js';
import { instantOf } from '../validation/instant.js';
import { firstBehind } from './coverage.js';
import { requireWhole, type Incoming, type IncomingEntry } from './incoming.js';
import type { MediumPlace } from './lines.js';

/** Rows of entries grow to about this size, in bytes: what sealing would make of them. */
const ROW_SIZE = 128 * 1024;

/** A session as it will be written, but for what its transaction gives it: numbers of logs, and versions. */
export interface LaidOut extends Omit<Incoming, 'entries' | 'snapshots' | 'where'> {
  /** The n-th is what spans call log n. */
  logs: LogRow[][];
  snapshots: Pick<SnapshotRow, 'id' | 'info' | 'createdMs' | 'state'>[];
}

/** Throws `INVALID_ARGUMENT` for a session that does not fit together; keeps what its snapshots reach. */
export function layOut(incoming: Incoming): LaidOut {
  const entries = requireWhole(incoming);
  const { entries: _, snapshots, where: __, ...session } = incoming;
  const numbers = new Map([...new Set(entries.map(({ log }) => log))].map((log, number) => [log, number]));
  const logs = [...numbers.keys()].map((): LogRow[] => []);
  const media = new MediaIndex();
  for (const entry of entries) {
    const log = numbers.get(entry.log)!;
    const places = entry.media.map(([path, log, at]): MediumPlace => [path, numbers.get(log)!, at]);
    append(logs[log]!, entry, places);
    if (places.length > 0) media.add(log, entry.at, places);
  }
  const renumber = (spans: Spans) => spans.map((part, i) => (i % 3 === 0 ? numbers.get(part)! : part));
  const stateOf = (fields: StoredField[]): StoredState => {
    const renumbered = fields.map(([key, kind, content]): StoredField =>
      kind === 'value' ? [key, kind, content] : [key, kind, renumber(content)],
    );
    return { fields: renumbered, media: media.within(renumbered) };
  };
  return {
    ...session,
    logs,
    snapshots: snapshots.map(({ id, info, fields }) => ({
      id,
      info,
      createdMs: instantOf(info.createdAt),
      ...(fields !== undefined && { state: fields && stateOf(fields) }),
    })),
  };
}

function append(rows: LogRow[], { at, value, where }: IncomingEntry, media: readonly MediumPlace[]): void {
  const { isPlain } = survey(value);
  if (media.length > 0 && !isPlain) throw invalid(`${where}.media`, 'are in a value that is no tree');
  const size = sizeOf(value);
  const last = rows.at(-1);
  const fits = last && last.at + last.entries.length === at && last.size + size <= ROW_SIZE;
  const row: LogRow = fits ? last : { format: ROW_FORMAT, at, size: 0, entries: [] };
  if (!fits) rows.push(row);
  const index = row.entries.length;
  row.entries.push(value);
  row.size += size;
  if (!isPlain) (row.intricate ??= []).push(index);
  for (const place of media) (row.media ??= []).push([index, ...place]);
}

/** Which entries have media, to find those of a state without going through all of it. */
class MediaIndex {
  readonly #byLog = new Map<number, { at: number; places: MediumPlace[] }[]>();

  /** Entries come by position. */
  add(log: number, at: number, places: MediumPlace[]): void {
    const known = this.#byLog.get(log);
    if (known) known.push({ at, places });
    else this.#byLog.set(log, [{ at, places }]);
  }

  /** All media that fields reach, each once, in the order in which the state names them. */
  within(fields: readonly StoredField[]): Spans {
    const found = new Map<string, { log: number; at: number }>();
    for (const [, kind, spans] of fields) {
      if (kind === 'value') continue;
      for (let i = 0; i < spans.length; i += 3) {
        const [from, count] = [spans[i + 1]!, spans[i + 2]!];
        const entries = this.#byLog.get(spans[i]!) ?? [];
        for (let n = firstBehind(entries, ({ at }) => at >= from); n < entries.length; n++) {
          const { at, places } = entries[n]!;
          if (at >= from + count) break;
          for (const [, log, at] of places)
            found.set(`${log},${at}`, found.get(`${log},${at}`) ?? { log, at });
        }
      }
    }
    return toSpans([...found.values()]);
  }
}

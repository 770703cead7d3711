import { type Pace, type Steps, UNITS } from '../../database/pace.js';
import {
  ROW_FORMAT,
  type LogRow,
  type SnapshotRow,
  type StoredField,
  type StoredState,
} from '../../database/schema.js';
import { instantOf } from '../../values/schema.js';
import { fitting, requireWhole, type Incoming, type IncomingEntry } from './imported-session.js';
import { MediaIndex } from '../export/media-index.js';
import type { MediumAddress } from '../format/lines.js';
import { renumbering } from '../../database/spans.js';

/** The approximate size of rows of entries, in bytes, as after a merge. */
const ROW_SIZE = 128 * 1024;

/** A session as it will be written, except for log numbers and versions, which its transaction assigns. */
export interface LaidOut extends Omit<Incoming, 'entries' | 'snapshots' | 'allowance' | 'where'> {
  /** The rows of each log, by the number that spans use. */
  logs: LogRow[][];
  snapshots: Pick<SnapshotRow, 'id' | 'info' | 'createdMs' | 'state'>[];
}

/**
 * Makes rows of the entries that a session's snapshots reach. Throws `INVALID_ARGUMENT` for an inconsistent session.
 */
export async function layOut(incoming: Incoming, pace: Pace): Promise<LaidOut> {
  const entries = await requireWhole(incoming, pace);
  const { entries: _, snapshots, allowance, where: __, ...session } = incoming;
  const numbers = new Map<number, number>();
  const logs: LogRow[][] = [];
  for (const { log } of entries) {
    await pace.step();
    if (!numbers.has(log)) numbers.set(log, logs.push([]) - 1);
  }
  const media = new MediaIndex((amount) => allowance.allow('looks at media', amount));
  for (const entry of entries) {
    await pace.step();
    const log = numbers.get(entry.log)!;
    const places = await pace.run(renumbered(entry.media, numbers));
    await pace.run(append(logs[log]!, entry, places));
    if (places.length > 0) media.add(log, entry.at, places);
  }
  const laidOut: LaidOut['snapshots'] = [];
  for (const { id, info, fields, where } of snapshots) {
    await pace.step();
    const state = fields && (await fitting(where, () => pace.run(stateOf(fields, numbers, media))));
    if (state) await fitting(where, () => allowance.allow('places of media', state.media.length / 3));
    laidOut.push({
      id,
      info,
      createdMs: instantOf(info.createdAt),
      ...(fields !== undefined && { state: state ?? null }),
    });
  }
  return { ...session, logs, snapshots: laidOut };
}

function* renumbered(
  places: readonly MediumAddress[],
  numbers: ReadonlyMap<number, number>,
): Steps<MediumAddress[]> {
  const result: MediumAddress[] = [];
  for (const [path, log, at] of places) {
    if (result.push([path, numbers.get(log)!, at]) % UNITS === 0) yield;
  }
  return result;
}

function* append(
  rows: LogRow[],
  { at, value, isPlain, size }: IncomingEntry,
  media: readonly MediumAddress[],
): Steps<void> {
  const last = rows.at(-1);
  const fits = last && last.at + last.entries.length === at && last.size + size <= ROW_SIZE;
  const row: LogRow = fits ? last : { format: ROW_FORMAT, at, size: 0, entries: [] };
  if (!fits) rows.push(row);
  const index = row.entries.length;
  row.entries.push(value);
  row.size += size;
  if (!isPlain) (row.intricate ??= []).push(index);
  if (media.length > 0) row.media ??= [];
  for (const [path, log, place] of media) if (row.media!.push([index, path, log, place]) % UNITS === 0) yield;
}

function* stateOf(
  fields: readonly StoredField[],
  numbers: ReadonlyMap<number, number>,
  media: MediaIndex,
): Steps<StoredState> {
  const renumbered: StoredField[] = [];
  let units = 0;
  for (const [key, kind, content] of fields) {
    if (++units % UNITS === 0) yield;
    if (kind === 'value') renumbered.push([key, kind, content]);
    else renumbered.push([key, kind, yield* renumbering(content, (log) => numbers.get(log)!)]);
  }
  return { fields: renumbered, media: yield* media.within(renumbered) };
}

import { ROW_FORMAT, type LogRow, type Spans, type StoredState } from '../database/schema.js';
import {
  continued,
  type Entry,
  type LoadedField,
  type LoadedState,
  type Sequence,
  stateOf,
  toSpans,
} from './state.js';
import { Fresh, type LoggedField, EntryIndex, type Plan } from './diff.js';
import { replaceAt, sizeOf } from './media.js';

/** Decides where new entries go. */
export interface LogWriter {
  /** Called first, with the base's entries that stay in use. */
  keep(used: readonly Spans[]): Promise<void>;
  /** Where to append the entries that follow `last`, the last entry of the base. */
  positionAfter(last: Entry | undefined): Promise<{ log: number; at: number }>;
  write(log: number, row: LogRow): void;
}

export interface Encoded {
  stored: StoredState;
  loaded: LoadedState;
}

/** Appends the new entries of a state to logs, and returns the state's spans. */
export async function encodeState(
  plan: Plan,
  base: LoadedState | null | undefined,
  writer: LogWriter,
): Promise<Encoded> {
  await writer.keep(plan.flatMap((field) => (field.kind === 'value' ? [] : spansInUse(field))));
  const shelf = new MediaShelf(base?.media.at(-1), writer);
  const fields: LoadedField[] = [];
  for (const field of plan) {
    if (field.kind === 'value') fields.push(field);
    else fields.push({ key: field.key, kind: field.kind, sequence: await append(field, shelf, writer) });
  }
  const loaded = stateOf(fields);
  return { stored: toStored(loaded), loaded };
}

function toStored({ fields, media }: LoadedState): StoredState {
  return {
    fields: fields.map((field) =>
      field.kind === 'value'
        ? [field.key, 'value', field.value]
        : [field.key, field.kind, field.sequence.spans],
    ),
    media: toSpans(media),
  };
}

function spansInUse({ start, rest }: LoggedField): Spans[] {
  const entries = rest.flatMap((element) =>
    element instanceof Fresh
      ? element.media.flatMap(({ known }) => known ?? [])
      : [element, ...element.media.map(({ entry }) => entry)],
  );
  return [start.spans, toSpans(start.media), toSpans(entries)];
}

/** Appends new entries, all in one row. */
async function append(
  { start, rest, last }: LoggedField,
  shelf: MediaShelf,
  writer: LogWriter,
): Promise<Sequence> {
  const entries: Entry[] = [];
  let target: { log: number; row: LogRow } | undefined;
  for (const element of rest) {
    if (!(element instanceof Fresh)) {
      entries.push(element);
      continue;
    }
    if (!target) {
      const { log, at } = await writer.positionAfter(last);
      target = { log, row: { format: ROW_FORMAT, at, size: 0, entries: [] } };
    }
    const { log, row } = target;
    const { value: fresh, isPlain, twin } = element;
    const entry: Entry = { log, at: row.at + row.entries.length, value: fresh, isPlain, size: 0, media: [] };
    if (twin) entry.twin = twin;
    if (!isPlain) (row.intricate ??= []).push(row.entries.length);
    for (const { path, value, known } of element.media) {
      const medium = known ?? (await shelf.find(value));
      entry.media.push({ path, entry: medium });
      (row.media ??= []).push([row.entries.length, path, medium.log, medium.at]);
    }
    const bare = replaceAt(
      fresh,
      entry.media.map(({ path }) => ({ path, value: null })),
    );
    entry.size = sizeOf(bare);
    row.size += entry.size;
    row.entries.push(bare);
    entries.push(entry);
  }
  if (target) writer.write(target.log, target.row);
  return continued(start, entries);
}

/** The media that this save adds. */
class MediaShelf {
  readonly #added = new EntryIndex([]);

  constructor(
    public last: Entry | undefined,
    readonly writer: LogWriter,
  ) {}

  async find(value: unknown): Promise<Entry> {
    const known = this.#added.medium(value);
    if (known) return known;
    const { log, at } = await this.writer.positionAfter(this.last);
    const entry: Entry = { log, at, value, isPlain: true, size: sizeOf(value), media: [] };
    this.writer.write(log, { format: ROW_FORMAT, at, size: entry.size, entries: [value] });
    this.#added.add(entry);
    return (this.last = entry);
  }
}

import { type Steps, UNITS } from '../database/pace.js';
import type { LogRow, MediumReference, StoredField, StoredState } from '../database/schema.js';
import { renumbering } from '../database/spans.js';

/** The number that a log gets. */
type NumberOf = (log: number) => number;

/** A copy of the row, unless it is the same in logs of other numbers. */
export function* renumberedRow(row: LogRow, numberOf: NumberOf): Steps<LogRow> {
  yield;
  if (!row.media) return row;
  const media: MediumReference[] = [];
  for (const [index, path, log, at] of row.media) {
    if (media.push([index, path, numberOf(log), at]) % UNITS === 0) yield;
  }
  return { ...row, media };
}

/** The same state in logs of other numbers. */
export function* renumberedState({ fields, media }: StoredState, numberOf: NumberOf): Steps<StoredState> {
  const result: StoredField[] = [];
  for (const [key, kind, content] of fields) {
    if (kind === 'value') result.push([key, kind, content]);
    else result.push([key, kind, yield* renumbering(content, numberOf)]);
    yield;
  }
  return { fields: result, media: yield* renumbering(media, numberOf) };
}

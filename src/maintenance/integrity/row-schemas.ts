import { LATEST_MS, type MediumReference, ROW_FORMAT } from '../../database/schema.js';
import {
  anything,
  object,
  optional,
  ownOf,
  record,
  satisfying,
  type Schema,
  string,
} from '../../values/schema.js';
import { both, either, finite, listOf, nullable, oneOf, position, tuple } from '../../values/stored.js';

const format = oneOf(ROW_FORMAT);
const positions = listOf(position);
const time = satisfying((ms) => typeof ms === 'number' && Math.abs(ms) <= LATEST_MS, 'a time');

/** Spans, flat: log, first position, count, and so on. */
const spans = both(
  positions,
  satisfying(
    (flat: number[]) => flat.length % 3 === 0 && flat.every((count, i) => i % 3 !== 2 || count > 0),
    'spans',
  ),
);

const field = either(
  'a field',
  tuple(string, oneOf('value'), anything),
  tuple(string, oneOf('array', 'linked', 'one'), spans),
);

/** Whether a medium's index or path leads outside the row's entries. */
const isMisplaced = (entries: unknown[], [index, path]: MediumReference): boolean => {
  let part: unknown = entries[index];
  for (const key of path) {
    if (typeof part !== 'object' || part === null) return true;
    part = ownOf(part, key);
  }
  return index >= entries.length;
};

/** The key of a row of a log. */
export const logKeySchema = tuple(position, position, position, finite);

/** Complete schemas of all rows. Reading checks less, because it checks every time. */
export const rowSchemas = {
  snapshots: object({
    format,
    id: string,
    sessionId: string,
    createdMs: time,
    version: position,
    info: object({
      createdAt: string,
      sessionId: optional(string),
      parentId: optional(string),
    }),
    client: optional(string),
    state: optional(nullable(object({ fields: listOf(field), media: spans }))),
    own: both(
      positions,
      satisfying((flat: number[]) => flat.length % 2 === 0, 'pairs'),
    ),
  }),
  sessions: object({
    format,
    id: string,
    title: optional(string),
    metadata: optional(record),
    indexed: optional(listOf(string)),
    createdMs: time,
    updatedMs: time,
    snapshots: satisfying((count) => Number.isSafeInteger(count) && count > 0, 'a count'),
    selected: optional(string),
    leaves: position,
    latest: optional(object({ id: string, createdMs: time, version: position, reach: optional(spans) })),
    version: position,
    saved: position,
    written: optional(listOf(object({ since: position, version: position }))),
    changes: optional(listOf(tuple(string, position))),
    unsealed: finite,
  }),
  logs: both(
    object({
      format,
      at: position,
      size: finite,
      entries: satisfying((entries) => Array.isArray(entries) && entries.length > 0, 'entries'),
      intricate: optional(positions),
      media: optional(listOf(tuple(position, listOf(string), position, position))),
    }),
    satisfying(
      (row: { entries: unknown[] }) =>
        !((ownOf(row, 'media') as MediumReference[] | undefined) ?? []).some((reference) =>
          isMisplaced(row.entries, reference),
        ),
      'media that are in its entries',
    ),
  ),
  meta: position,
} satisfies Record<string, Schema>;

import * as z from 'zod/mini';
import { LATEST_MS, ROW_FORMAT } from '../database/schema.js';
import { record } from '../validation/schema.js';

const format = z.literal(ROW_FORMAT);
const position = z.int().check(z.nonnegative());
const time = z.number().check(z.gte(-LATEST_MS), z.lte(LATEST_MS));

/** Log, first position, count, and so on. */
const spans = z
  .array(position)
  .check(z.refine((flat) => flat.length % 3 === 0 && flat.every((count, i) => i % 3 !== 2 || count > 0)));

const field = z.union([
  z.tuple([z.string(), z.literal('value'), z.unknown()]),
  z.tuple([z.string(), z.enum(['array', 'linked', 'one']), spans]),
]);

/** Media that are outside of the row's entries, or where nothing could be put into them. */
const isMisplaced = (entries: unknown[], [index, path]: [number, string[], number, number]): boolean => {
  let part: unknown = entries[index];
  for (const key of path) {
    if (typeof part !== 'object' || part === null) return true;
    part = (part as Record<string, unknown>)[key];
  }
  return index >= entries.length;
};

/** The key of a row of a log. */
export const logKeySchema = z.tuple([position, position, position, z.number()]);

/** What every row must be, down to its last number; reading asks for less, because it asks every time. */
export const rowSchemas = {
  snapshots: z.object({
    format,
    id: z.string(),
    sessionId: z.string(),
    createdMs: time,
    version: position,
    info: z.looseObject({
      createdAt: z.string(),
      sessionId: z.optional(z.string()),
      parentId: z.optional(z.string()),
    }),
    client: z.optional(z.string()),
    state: z.optional(z.nullable(z.object({ fields: z.array(field), media: spans }))),
    own: z.array(position).check(z.refine((flat) => flat.length % 2 === 0)),
  }),
  sessions: z.object({
    format,
    id: z.string(),
    title: z.optional(z.string()),
    metadata: z.optional(z.unknown().check(z.refine((value) => !record(value)))),
    createdMs: time,
    updatedMs: time,
    snapshots: position.check(z.positive()),
    selected: z.optional(z.string()),
    leaves: position,
    latest: z.optional(z.object({ id: z.string(), createdMs: time, version: position })),
    version: position,
    saved: position,
    written: z.optional(z.array(z.object({ since: position, version: position }))),
    unsealed: z.number(),
  }),
  logs: z
    .object({
      format,
      at: position,
      size: z.number(),
      entries: z.array(z.unknown()).check(z.minLength(1)),
      intricate: z.optional(z.array(position)),
      media: z.optional(z.array(z.tuple([position, z.array(z.string()), position, position]))),
    })
    .check(z.refine(({ entries, media = [] }) => !media.some((place) => isMisplaced(entries, place)))),
  meta: position,
};

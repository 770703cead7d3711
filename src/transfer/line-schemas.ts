import * as z from 'zod/mini';
import type { Spans } from '../database/schema.js';
import * as saved from '../validation/schema.js';
import type { Schema } from '../validation/schema.js';
import { storedStatus } from '../validation/snapshot-input.js';
import { FORMAT, MOST_DEEP, VERSION, type Line, type MediumPlace } from './lines.js';

/** What a save asks of the same value, in the same words. */
const asSaved = (schema: Schema) =>
  z.custom<string>((value) => !schema(value), { error: ({ input }) => schema(input)?.message });

const nonBlank = asSaved(saved.nonBlank);
const instant = asSaved(saved.instant);
const position = z.int().check(z.nonnegative());
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal'));

const value = z.union([z.strictObject({ json: z.unknown() }), z.strictObject({ devalue: z.unknown() })]);

const isPosition = (part: unknown) => Number.isSafeInteger(part) && (part as number) >= 0;

/** Log, first position, count, and so on. In one piece: there may be millions of them. */
const spans = z.custom<Spans>(
  (flat) =>
    Array.isArray(flat) &&
    flat.length % 3 === 0 &&
    flat.every((part, i) => isPosition(part) && (i % 3 !== 2 || part > 0)),
  'expected spans',
);

const field = z.union([
  z.tuple([z.string(), z.literal('value'), value]),
  z.tuple([z.string(), z.enum(['array', 'one']), spans]),
]);

const isPath = (path: unknown) =>
  Array.isArray(path) && path.length <= MOST_DEEP && path.every((key) => typeof key === 'string');

const media = z.custom<MediumPlace[]>(
  (places) =>
    Array.isArray(places) &&
    places.every(
      (place) =>
        Array.isArray(place) &&
        place.length === 3 &&
        isPath(place[0]) &&
        isPosition(place[1]) &&
        isPosition(place[2]),
    ),
  'expected media',
);

/** What the first line must be before anything else is asked of it. */
export const anyHeader = z.object({
  type: z.literal('header'),
  format: z.literal(FORMAT),
  version: z.int().check(z.positive()),
});

/** Every line, down to its last property: what this version does not know, it did not write. */
export const lineSchema: z.ZodMiniType<Line> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    format: z.literal(FORMAT),
    version: z.literal(VERSION),
    exportedAt: instant,
  }),
  z.strictObject({
    type: z.literal('session'),
    sessionId: z.nullable(nonBlank),
    title: z.optional(z.string()),
    metadata: z.optional(value),
    createdAt: instant,
    updatedAt: instant,
    selectedSnapshotId: z.optional(nonBlank),
  }),
  z.strictObject({
    type: z.literal('entry'),
    log: position,
    at: position,
    value,
    media: z.optional(media),
  }),
  z.strictObject({
    type: z.literal('snapshot'),
    snapshotId: nonBlank,
    info: value,
    fields: z.optional(z.nullable(z.array(field))),
  }),
  z.strictObject({
    type: z.literal('session-end'),
    snapshots: position,
    entries: position,
    sha256: digest,
  }),
  z.strictObject({
    type: z.literal('end'),
    sessions: position,
    snapshots: position,
    entries: position,
    damaged: z.optional(
      z.array(z.strictObject({ sessionId: z.optional(z.string()), snapshotId: z.optional(z.string()) })),
    ),
    sha256: digest,
  }),
]);

const info = {
  sessionId: z.optional(nonBlank),
  parentId: z.optional(nonBlank),
  createdAt: instant,
  updatedAt: z.optional(instant),
  heartbeatAt: z.optional(instant),
  status: z.optional(asSaved(storedStatus)),
};

/** A snapshot without its id and its state, as `saveSnapshot` takes it. */
export const infoSchema = z.looseObject({
  ...info,
  snapshotId: z.optional(z.never()),
  state: z.optional(z.never()),
});

/** A whole snapshot, as Genkit's `FileSessionStore` writes it. */
export const genkitSnapshot = z.looseObject({
  ...info,
  snapshotId: nonBlank,
  state: z.optional(
    z.looseObject({
      sessionId: z.optional(nonBlank),
      messages: z.optional(z.array(z.unknown())),
      artifacts: z.optional(z.array(z.unknown())),
    }),
  ),
});

import * as z from 'zod/mini';
import type { DamagedPart } from '../contract/transfer.js';
import type { Node } from '../encoding/nodes.js';
import { instant as savedInstant } from '../validation/instant.js';
import * as saved from '../validation/schema.js';
import type { Schema } from '../validation/schema.js';
import { storedStatus } from '../validation/snapshot-input.js';
import { FORMAT, VERSION, type FieldLine, type Line, type MediumPlace } from './lines.js';

/** What a save asks of the same value, in the same words. */
const asSaved = (schema: Schema) =>
  z.custom<string>((value) => !schema(value), { error: ({ input }) => schema(input)?.message });

const nonBlank = asSaved(saved.nonBlank);
const instant = asSaved(savedInstant);
const position = z.int().check(z.nonnegative());
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal'));

export const encodedValue = z.union([
  z.strictObject({ json: z.unknown() }),
  z.strictObject({ flat: z.custom<unknown[]>((nodes) => Array.isArray(nodes), 'expected nodes') }),
  z.strictObject({ parts: position }),
]);

/** What is in it is looked at in steps: there may be millions. */
const list = <T>() => z.custom<T[]>((items) => Array.isArray(items), 'expected a list');

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
    metadata: z.optional(encodedValue),
    createdAt: instant,
    updatedAt: instant,
    selectedSnapshotId: z.optional(nonBlank),
  }),
  z.strictObject({
    type: z.literal('entry'),
    log: position,
    at: position,
    value: encodedValue,
    media: z.optional(list<MediumPlace>()),
  }),
  z.strictObject({
    type: z.literal('snapshot'),
    snapshotId: nonBlank,
    info: encodedValue,
    fields: z.optional(z.nullable(list<FieldLine>())),
  }),
  z.strictObject({
    type: z.literal('part'),
    value: position,
    nodes: z.optional(list<Node>()),
    part: z.optional(position),
    text: z.optional(z.string()),
    bytes: z.optional(z.string()),
  }),
  z.strictObject({ type: z.literal('dropped') }),
  z.strictObject({
    type: z.literal('session-end'),
    snapshots: position,
    entries: position,
    selectionLost: z.optional(z.literal(true)),
    sha256: digest,
  }),
  z.strictObject({
    type: z.literal('end'),
    sessions: position,
    snapshots: position,
    entries: position,
    damaged: z.optional(list<DamagedPart>()),
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
export const infoSchema = z.object({
  ...info,
  snapshotId: z.optional(z.never()),
  state: z.optional(z.never()),
});

/** A whole snapshot, as Genkit's `FileSessionStore` writes it. */
export const genkitSnapshot = z.object({
  ...info,
  snapshotId: nonBlank,
  state: z.optional(
    z.object({
      sessionId: z.optional(nonBlank),
      messages: z.optional(list<unknown>()),
      artifacts: z.optional(list<unknown>()),
    }),
  ),
});

import * as z from 'zod';
import { isStorable } from './keys.js';
import type { PushHead, PushLine } from '../../sync/protocol/index.js';

/** What our own code makes: ids of incarnations and replicas, digests. */
const name = z.string().regex(/^[\w.:~+/=-]{1,128}$/, 'must be 1 to 128 letters, digits or . : ~ + / = - _');

const log = z
  .string()
  .regex(
    /^[\w.~+/=-]{1,128}:\d{1,16}$/,
    'must be "<replica>:<number>", the replica of at most 128 characters',
  );

/** What an app makes: any text that is not blank. */
const id = z.string().refine((text) => text.trim() !== '', 'must not be blank');

const count = z.int().min(0);
/** The limits of a Date. */
const time = z.int().min(-8.64e15).max(8.64e15);
/** A clock may have been set by years. */
const age = z.number().min(-1e14).max(1e14);
const format = z.int().min(1).max(1e6).optional();

const text = z
  .string()
  .refine(isStorable, 'must have no NUL and no half of a character; encode what has as JSON');

const body = z.union([
  text,
  z.strictObject({
    media: z
      .array(z.tuple([name, z.int().min(1).max(1e6), count]))
      .min(1)
      .max(1_000),
    text: text.optional(),
  }),
]);

const spans = z
  .array(z.union([z.string(), count]))
  .refine(
    (parts) =>
      parts.length % 3 === 0 &&
      parts.every((part, at) =>
        at % 3 === 0 ? log.safeParse(part).success : Number.isInteger(part) && (part as number) <= 2 ** 31,
      ),
    'must be wire log, position, number of entries, one after the other',
  );

const edit = z.strictObject({ value: z.unknown().optional(), saw: count, age });

const field = z
  .string()
  .regex(/^(?:title|selected|metadata\..*)$/s, 'must be title, selected or metadata.<key>');

const lines = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('session'),
    format,
    incarnation: name,
    session: id,
    createdMs: time,
    fields: z.record(field, edit).optional(),
  }),
  z
    .strictObject({
      op: z.literal('entries'),
      format,
      incarnation: name,
      log,
      at: count.max(2 ** 31),
      digests: z.array(name).min(1),
      bodies: z.array(body),
    })
    .refine(({ digests, bodies }) => digests.length === bodies.length, {
      path: ['bodies'],
      message: 'must be as many as digests',
    }),
  z.strictObject({
    op: z.literal('snapshot'),
    format,
    incarnation: name,
    id,
    saw: count,
    digest: name,
    parent: id.optional(),
    createdMs: time,
    status: z.string().max(64).refine(isStorable, 'must be printable').optional(),
    spans,
    body,
    beat: age.optional(),
  }),
  z.strictObject({
    op: z.literal('delete-session'),
    incarnation: name,
    session: id.optional(),
    saw: count.optional(),
  }),
  z.strictObject({ op: z.literal('delete-snapshot'), incarnation: name, id, saw: count.optional() }),
]);

const head = z.strictObject({
  replica: name,
  push: count.optional(),
  heard: z.number().min(0).max(1e14).optional(),
});

const whole = z.stringFormat('number', /^\d{1,15}$/).transform(Number);

export const CURSOR = /^\d{1,15}:[\w.-]{1,128}$/;

/** The parameters of addresses. */
export const addresses = {
  changes: z.object({
    since: z.string().regex(CURSOR, 'must be a cursor that an answer gave').optional(),
    wait: whole.optional(),
    order: z.literal('newest').optional(),
    after: z
      .string()
      .regex(/^\d{1,15}:[\w.-]{1,128},-?\d{1,16},[\w.:~+/=-]{1,128}$/, 'must be `next` of the page before')
      .optional(),
  }),
  session: z.object({ incarnation: name, since: whole.optional(), replica: name.optional() }),
  medium: z.object({ digest: name, part: whole.refine((part) => part < 1e6, 'must be less than 1000000') }),
};

export interface Wrong {
  path: string;
  message: string;
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (before, key) =>
      typeof key === 'number' ? `${before}[${key}]` : before ? `${before}.${String(key)}` : String(key),
    '',
  );

/** The value, or what is wrong with it. */
export function validated<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
): { value: Value } | { wrong: Wrong } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  return { wrong: { path: pathOf(issue?.path ?? []), message: issue?.message ?? 'is not valid' } };
}

export const lineSchema = lines as unknown as z.ZodType<PushLine>;
export const headSchema = head as unknown as z.ZodType<PushHead>;

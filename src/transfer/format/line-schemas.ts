import {
  anything,
  instant,
  list,
  nonBlank,
  object,
  optional,
  satisfying,
  type Shape,
  string,
} from '../../values/schema.js';
import { infoFields } from '../../snapshots/save/draft.js';
import { byType, either, exactly, nullable, oneOf, position } from '../../values/stored.js';
import { FORMAT } from './lines.js';

const digest = satisfying(
  (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  'a SHA-256 in hexadecimal',
);

export const encodedValue = either(
  'an encoded value',
  exactly({ json: anything }),
  exactly({ flat: list }),
  exactly({ parts: position }),
);

/** Limited to numbers where adding one is still exact. */
const place = satisfying((at) => !position(at) && (at as number) <= 2 ** 52, 'a whole number from 0');

const version = satisfying((version) => Number.isSafeInteger(version) && version > 0, 'a version');

/** The first line, as far as it is checked before the version is known. */
export const anyHeader = object({
  type: oneOf('header'),
  format: oneOf(FORMAT),
  version,
  readableFrom: optional(version),
});

/** The properties of every line beside its `type`. The items of long lists are checked separately, in steps. */
export const lineShapes: Readonly<Record<string, Shape>> = {
  header: { format: oneOf(FORMAT), version, readableFrom: optional(version), exportedAt: instant },
  session: {
    sessionId: nullable(nonBlank),
    title: optional(string),
    metadata: optional(encodedValue),
    createdAt: instant,
    updatedAt: instant,
    selectedSnapshotId: optional(nonBlank),
  },
  entry: { log: place, at: place, value: encodedValue, media: optional(list) },
  snapshot: { snapshotId: nonBlank, info: encodedValue, fields: optional(nullable(list)) },
  part: {
    value: position,
    nodes: optional(list),
    part: optional(position),
    text: optional(string),
    bytes: optional(string),
  },
  dropped: {},
  'session-end': {
    snapshots: position,
    entries: position,
    selectionLost: optional(oneOf(true)),
    sha256: digest,
  },
  end: {
    sessions: position,
    snapshots: position,
    entries: position,
    damaged: optional(list),
    sha256: digest,
  },
};

/** Every line, with no unknown properties: those of a newer format are left out before. */
export const lineSchema = byType(lineShapes);

const absent = satisfying((value) => value === undefined, 'none of these here');

/** A snapshot without id and state, as `saveSnapshot` takes it. */
export const infoSchema = object({ ...infoFields, snapshotId: absent, state: absent });

/** A snapshot as Genkit's `FileSessionStore` writes it. */
export const genkitSnapshot = object({
  ...infoFields,
  snapshotId: nonBlank,
  state: optional(
    object({
      sessionId: optional(nonBlank),
      messages: optional(list),
      artifacts: optional(list),
    }),
  ),
});

import { instant } from '../../values/instant.js';
import { anything, list, nonBlank, object, optional, satisfying, string } from '../../values/schema.js';
import { storedStatus } from '../../snapshots/save/snapshot-input.js';
import { byType, either, exactly, nullable, oneOf, position } from '../../values/stored.js';
import { FORMAT, VERSION } from './lines.js';

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

/** Far from where one more is no other number. */
const place = satisfying((at) => !position(at) && (at as number) <= 2 ** 52, 'a whole number from 0');

/** What the first line must be before anything else is asked of it. */
export const anyHeader = object({
  type: oneOf('header'),
  format: oneOf(FORMAT),
  version: satisfying((version) => Number.isSafeInteger(version) && version > 0, 'a version'),
});

/**
 * Every line, down to its last property: what this version does not know, it did not write. What is in its lists is
 * looked at in steps: there may be millions.
 */
export const lineSchema = byType({
  header: { format: oneOf(FORMAT), version: oneOf(VERSION), exportedAt: instant },
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
});

const info = {
  sessionId: optional(nonBlank),
  parentId: optional(nonBlank),
  createdAt: instant,
  updatedAt: optional(instant),
  heartbeatAt: optional(instant),
  status: optional(storedStatus),
};

const absent = satisfying((value) => value === undefined, 'none of these here');

/** A snapshot without its id and its state, as `saveSnapshot` takes it. */
export const infoSchema = object({ ...info, snapshotId: absent, state: absent });

/** A whole snapshot, as Genkit's `FileSessionStore` writes it. */
export const genkitSnapshot = object({
  ...info,
  snapshotId: nonBlank,
  state: optional(
    object({
      sessionId: optional(nonBlank),
      messages: optional(list),
      artifacts: optional(list),
    }),
  ),
});

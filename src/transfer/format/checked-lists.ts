import type { DamagedPart } from '../../types/transfer.js';
import { type Steps, UNITS } from '../../database/pace.js';
import type { Spans } from '../../database/schema.js';
import { invalid } from '../../values/arguments.js';
import { described, optional, string } from '../../values/schema.js';
import { exactly, isPosition } from '../../values/stored.js';
import { encodedValue } from './line-schemas.js';
import { MOST_DEEP, type FieldLine, type MediumAddress } from './lines.js';

export const damagedShape = {
  sessionId: optional(string),
  snapshotId: optional(string),
  path: optional(string),
  reason: optional(string),
};

const damagedPart = exactly(damagedShape);

/** Checks the `fields` of a snapshot's line. */
export function* requireFields(fields: readonly FieldLine[], where: string): Steps<void> {
  const keys = new Set<string>();
  let index = -1;
  for (const field of fields) {
    index++;
    if (index % UNITS === 0) yield;
    const path = `${where}.fields.${index}`;
    if (!Array.isArray(field) || field.length !== 3) throw invalid(path, 'expected [key, kind, content]');
    const [key, kind, content] = field as unknown[];
    if (typeof key !== 'string') throw invalid(path, 'expected a string as the key');
    if (keys.has(key)) throw invalid(`${where}.fields`, 'has the same key twice');
    keys.add(key);
    if (kind === 'value') {
      if (encodedValue(content)) throw invalid(path, 'is not an encoded value');
    } else if (kind === 'array' || kind === 'linked' || kind === 'one') yield* requireSpans(content, path);
    else
      throw invalid(
        path,
        `is of the unknown kind ${described(kind)}. Import it with the version that exported it`,
      );
  }
}

function* requireSpans(spans: unknown, path: string): Steps<Spans | void> {
  if (!Array.isArray(spans) || spans.length % 3 !== 0)
    throw invalid(path, 'expected spans: log, first position and count of each');
  for (let i = 0; i < spans.length; i++) {
    if (i % UNITS === 0) yield;
    if (!isPosition(spans[i]) || (i % 3 === 2 && spans[i] === 0))
      throw invalid(path, 'expected spans: log, first position and count of each');
  }
}

/** Checks the places that media were taken from. */
export function* requireMedia(places: readonly MediumAddress[], where: string): Steps<void> {
  let units = 0;
  for (const place of places) {
    if (++units % UNITS === 0) yield;
    const [path, log, at] = Array.isArray(place) ? (place as unknown[]) : [];
    const isPath = Array.isArray(path) && path.length <= MOST_DEEP;
    if (!isPath || place.length !== 3 || !isPosition(log) || !isPosition(at)) {
      throw invalid(`${where}.media`, 'expected media: path, log and position of each');
    }
    for (const key of path) {
      if (++units % UNITS === 0) yield;
      if (typeof key !== 'string')
        throw invalid(`${where}.media`, 'expected media: path, log and position of each');
    }
  }
}

/** Checks the list of what an export lacks. */
export function* requireDamaged(damaged: readonly DamagedPart[], where: string): Steps<void> {
  let index = -1;
  for (const part of damaged) {
    index++;
    if (index % UNITS === 0) yield;
    if (damagedPart(part))
      throw invalid(`${where}.damaged.${index}`, 'expected the id of a session or snapshot');
  }
}

import type { Body, EntriesLine, MediumUse } from '../../sync/protocol/index.js';
import { bytesOf } from '../request/keys.js';
import { full, type Outcome, type Push } from './outcome.js';
import { Ranges } from './ranges.js';
import { placeOf, rangesIn, ROW_BYTES, type EntryState, type PushState, type SessionState } from './state.js';

/** Takes all entries of a line or none. Those that are there are not written again. */
export function decideEntries(push: Push, line: EntriesLine, session: SessionState): Outcome {
  const { state } = push;
  const { incarnation, log } = line;
  const refuse = (outcome: Outcome): Outcome => {
    const places = rangesIn(state.refused, incarnation, () => new Ranges());
    places.add(log, line.at, line.at + line.digests.length);
    return outcome;
  };

  const fresh: EntryState[] = [];
  let seq = 0;
  for (const [index, digest] of line.digests.entries()) {
    const at = line.at + index;
    const found = state.entries.get(placeOf(incarnation, log, at));
    if (found && found.digest !== digest) return refuse({ refused: 'copied', at, digest: found.digest });
    if (found) seq = found.seq;
    else fresh.push(freshEntry(line, index));
  }
  const missing = missingMedia(
    state,
    fresh.flatMap((entry) => entry.fresh!.media),
  );
  if (missing.length > 0) return refuse({ refused: 'missing', media: missing });
  const bytes = fresh.reduce((sum, entry) => sum + entry.fresh!.bytes, 0);
  const refusal = bytes > 0 ? full(push, bytes) : undefined;
  if (refusal) return refuse(refusal);

  for (const entry of fresh) {
    seq = entry.seq = ++state.seq;
    state.entries.set(placeOf(incarnation, log, entry.at), entry);
  }
  rangesIn(state.known, incarnation, () => new Ranges()).add(log, line.at, line.at + line.digests.length);
  if (fresh.length > 0) session.isTouched = true;
  session.bytes += bytes;
  state.added += bytes;
  return { seq };
}

function freshEntry(line: EntriesLine, index: number): EntryState {
  const { text, media } = partsOf(line.bodies[index]!);
  return {
    incarnation: line.incarnation,
    log: line.log,
    at: line.at + index,
    seq: 0,
    digest: line.digests[index]!,
    fresh: { format: line.format ?? 1, text, media, bytes: ROW_BYTES + sizeOf(text, media) },
  };
}

export const partsOf = (body: Body): { text: string | null; media: MediumUse[] } =>
  typeof body === 'string' ? { text: body, media: [] } : { text: body.text ?? null, media: body.media };

export const sizeOf = (text: string | null, media: MediumUse[]): number =>
  (text === null ? 0 : bytesOf(text)) + media.length * ROW_BYTES;

/** Media that are not here, or not whole. */
export const missingMedia = (state: PushState, media: MediumUse[]): string[] => [
  ...new Set(
    media.flatMap(([digest, parts, bytes]) => {
      const found = state.media.get(digest);
      return found?.parts === parts && found.bytes === bytes ? [] : [digest];
    }),
  ),
];

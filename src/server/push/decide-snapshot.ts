import { isPendingStatus, type SnapshotLine } from '../../sync/protocol/index.js';
import { bytesOf, keyOf } from '../request/keys.js';
import { missingMedia, partsOf, sizeOf } from './decide-entries.js';
import { full, type Outcome, type Push } from './outcome.js';
import { Ranges } from './ranges.js';
import { pairOf, rangesIn, ROW_BYTES, type SessionState, type SnapshotState } from './state.js';

/** Absent < pending < one terminal status; and a version that nobody has seen is never written over. */
export function decideSnapshot(push: Push, line: SnapshotLine, session: SessionState): Outcome {
  const { state } = push;
  const key = keyOf(line.id);
  const buried = state.tombstones.get(pairOf(line.incarnation, key));
  if (buried) return { refused: 'gone', seq: buried.seq, whole: false };
  const found = state.snapshots.get(key);
  if (found && found.incarnation !== line.incarnation)
    return { refused: 'taken', incarnation: found.incarnation };
  if (found?.digest === line.digest) return beat(push, line, found, session);
  const format = line.format ?? 1;
  if (found && found.format > format) return { refused: 'newer', format: found.format };
  if (found && !mayReplace(found, line)) {
    const { seq, digest, status } = found;
    return { refused: 'conflict', seq, digest, ...(status !== null && { status }) };
  }
  return lacking(push, line) ?? put(push, line, session, found);
}

function mayReplace(found: SnapshotState, { saw, status }: SnapshotLine): boolean {
  // Whoever saw an earlier heartbeat, or none, means the same turn.
  if (isPendingStatus(found.status ?? undefined)) return true;
  return saw === found.seq && !isPendingStatus(status);
}

/** What a snapshot needs and is not here. */
function lacking({ state }: Push, { incarnation, spans, body }: SnapshotLine): Outcome | undefined {
  const reach = Ranges.of(spans);
  const usable = (state.known.get(incarnation) ?? new Ranges()).without(
    state.refused.get(incarnation) ?? new Ranges(),
  );
  const absent = reach.without(usable);
  if (!absent.isEmpty) return { refused: 'missing', spans: absent.spans };
  const media = missingMedia(state, partsOf(body).media);
  return media.length > 0 ? { refused: 'missing', media } : undefined;
}

function put(push: Push, line: SnapshotLine, session: SessionState, found?: SnapshotState): Outcome {
  const { state, now } = push;
  const { text, media } = partsOf(line.body);
  const key = keyOf(line.id);
  const bytes = ROW_BYTES + sizeOf(text, media) + bytesOf(JSON.stringify(line.spans)) + bytesOf(key);
  const more = bytes - (found?.bytes ?? 0);
  const refusal = more > 0 ? full(push, more) : undefined;
  if (refusal) return refusal;

  const lost = Ranges.of(found?.spans ?? []).without(Ranges.of(line.spans));
  rangesIn(state.released, line.incarnation, () => new Ranges()).addAll(lost);
  const seq = ++state.seq;
  state.snapshots.set(key, {
    key,
    incarnation: line.incarnation,
    seq,
    format: line.format ?? 1,
    digest: line.digest,
    parentKey: line.parent === undefined ? null : keyOf(line.parent),
    createdMs: line.createdMs,
    // A clock that is ahead may say any time; the row cannot be later than its arrival.
    arrivedMs: found?.createdMs === line.createdMs ? found.arrivedMs : now,
    status: line.status ?? null,
    beatMs: line.beat === undefined ? null : beatOf(line.beat, now),
    spans: line.spans,
    text,
    media,
    bytes,
    isChanged: true,
  });
  state.reaches.get(line.incarnation)?.set(key, line.spans);
  if (!found) session.snapshots += 1;
  const instant = Math.min(line.createdMs, now);
  session.latestMs = Math.max(session.latestMs, instant);
  session.updatedMs = Math.max(session.updatedMs, instant);
  session.isTouched = true;
  session.bytes += more;
  state.added += more;
  return { seq };
}

const beatOf = (age: number, now: number): number => Math.floor(now - Math.max(0, age));

/** It is here already. A heartbeat tells only that it is later. */
function beat(
  { state, now }: Push,
  line: SnapshotLine,
  found: SnapshotState,
  session: SessionState,
): Outcome {
  const at = line.beat === undefined ? 0 : beatOf(line.beat, now);
  if (!isPendingStatus(line.status) || at <= (found.beatMs ?? 0)) return { seq: found.seq };
  const { text, media } = partsOf(line.body);
  const seq = ++state.seq;
  state.snapshots.set(found.key, { ...found, beatMs: at, text, media, seq, isChanged: true });
  session.isTouched = true;
  return { seq };
}

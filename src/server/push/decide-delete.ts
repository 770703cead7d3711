import type { DeleteSessionLine, DeleteSnapshotLine } from '../../sync/protocol/index.js';
import { keyOf } from '../request/keys.js';
import type { Outcome, Push } from './outcome.js';
import { Ranges } from './ranges.js';
import { pairOf, rangesIn } from './state.js';

/** Deletes win, whatever was seen; and they are of an incarnation, so that an app can use the id again. */
export function deleteSession({ state }: Push, line: DeleteSessionLine): Outcome {
  const { incarnation } = line;
  const buried = state.tombstones.get(pairOf(incarnation, ''));
  if (buried) return { seq: buried.seq };
  const session = state.sessions.get(incarnation);
  const seq = ++state.seq;
  state.tombstones.set(pairOf(incarnation, ''), {
    seq,
    isNew: true,
    incarnation,
    key: '',
    session: session?.key ?? (line.session === undefined ? '' : keyOf(line.session)),
    saw: line.saw ?? 0,
  });
  state.deletedSessions.set(incarnation, { before: session?.before ?? 0, seq, bytes: session?.bytes ?? 0 });
  state.sessions.delete(incarnation);
  if (session) state.owners.delete(session.key);
  // Entries and tombstones of its snapshots go with it, whether this push made them or another.
  for (const [key, snapshot] of state.snapshots) {
    if (snapshot.incarnation === incarnation) state.snapshots.delete(key);
  }
  for (const [place, entry] of state.entries) {
    if (entry.incarnation === incarnation) state.entries.delete(place);
  }
  for (const [pair, { key, incarnation: owner }] of state.tombstones) {
    if (owner === incarnation && key !== '') state.tombstones.delete(pair);
  }
  state.released.delete(incarnation);
  return { seq };
}

export function deleteSnapshot({ state }: Push, { incarnation, id }: DeleteSnapshotLine): Outcome {
  const key = keyOf(id);
  const buried =
    state.tombstones.get(pairOf(incarnation, '')) ?? state.tombstones.get(pairOf(incarnation, key));
  if (buried) return { seq: buried.seq };
  const seq = ++state.seq;
  state.tombstones.set(pairOf(incarnation, key), { seq, isNew: true, incarnation, key, session: '', saw: 0 });
  const found = state.snapshots.get(key);
  const session = state.sessions.get(incarnation);
  if (session) session.isTouched = true;
  if (!found || found.incarnation !== incarnation || !session) return { seq };

  rangesIn(state.released, incarnation, () => new Ranges()).addSpans(found.spans);
  state.reaches.get(incarnation)?.delete(key);
  state.snapshots.delete(key);
  state.deletedSnapshots.push(found);
  session.snapshots -= 1;
  session.bytes -= found.bytes;
  state.added -= found.bytes;
  return { seq };
}

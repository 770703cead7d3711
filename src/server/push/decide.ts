import type { PushLine, PushResult, Refusal } from '../../sync/protocol/index.js';
import { deleteSession, deleteSnapshot } from './decide-delete.js';
import { decideEntries } from './decide-entries.js';
import { decideSession } from './decide-session.js';
import { decideSnapshot } from './decide-snapshot.js';
import type { Outcome, Push } from './outcome.js';
import { pairOf } from './state.js';

/** Goes through the lines in order; each sees what those before it have done. Changes the state, and nothing else. */
export function decide(push: Push, lines: (PushLine | Refusal)[]): PushResult[] {
  const outcomes = lines.map((line) => ('op' in line ? decideLine(push, line) : line));
  const { state } = push;
  for (const session of state.sessions.values()) {
    // Last, so that nobody who knows a session up to its `seq` lacks a row of it.
    if (session.isTouched) session.seq = ++state.seq;
  }
  return outcomes.map((outcome, index) => {
    const line = lines[index]!;
    const isOfSession = 'op' in line && line.op === 'session' && !('refused' in outcome);
    const seq = isOfSession ? state.sessions.get(line.incarnation)?.seq : undefined;
    return { line: index + 1, ...outcome, ...(seq !== undefined && { seq }) };
  });
}

function decideLine(push: Push, line: PushLine): Outcome {
  if (line.op === 'delete-session') return deleteSession(push, line);
  if (line.op === 'delete-snapshot') return deleteSnapshot(push, line);
  const buried = push.state.tombstones.get(pairOf(line.incarnation, ''));
  if (buried) {
    const { seq, saw } = buried;
    return { refused: 'gone', seq, whole: true, ...(saw > 0 && { saw }) };
  }
  if (line.op === 'session') return decideSession(push, line);
  const session = push.state.sessions.get(line.incarnation);
  if (!session) return { refused: 'missing', session: true };
  return line.op === 'entries' ? decideEntries(push, line, session) : decideSnapshot(push, line, session);
}

import {
  COLUMN_BYTES,
  type FieldEdit,
  type FieldResult,
  type SessionLine,
} from '../../sync/protocol/index.js';
import { bytesOf, keyOf } from '../request/keys.js';
import { full, type Outcome, type Push } from './outcome.js';
import { jsonOfFields } from './read-state.js';
import { ROW_BYTES, type Field, type SessionState } from './state.js';

/** Creates a session, unless it is there, and edits its fields. */
export function decideSession(push: Push, line: SessionLine): Outcome {
  const { state } = push;
  const key = keyOf(line.session);
  const found = state.sessions.get(line.incarnation);
  const format = line.format ?? 1;
  if (found && found.format > format) return { refused: 'newer', format: found.format };
  const owner = state.owners.get(key);
  if (!found && owner !== undefined) return { refused: 'taken', incarnation: owner };

  const session = found ?? newSession(line, key, push.now);
  const { fields, results, editedMs } = editFields(push, line.fields ?? {}, session);
  const isEdited = fields !== session.fields;
  const json = isEdited ? jsonOfFields(fields) : '';
  const bytes = bytesOf(json);
  if (bytes > COLUMN_BYTES) return { refused: 'too-large', path: 'fields', bytes, limit: COLUMN_BYTES };
  const more = (found ? 0 : ROW_BYTES) + (isEdited ? bytes - bytesOf(jsonOfFields(session.fields)) : 0);
  const refusal = more > 0 ? full(push, more) : undefined;
  if (refusal) return refusal;

  if (!found || isEdited) {
    // What was not edited keeps its number, and numbers given out for a refused line are only a gap.
    for (const field of fields.values()) {
      if (field.seq > 0) continue;
      field.seq = ++state.seq;
    }
    for (const [name, result] of Object.entries(results)) {
      if (!('lost' in result) && result.seq === 0) result.seq = fields.get(name)?.seq ?? 0;
    }
    session.fields = fields;
    session.updatedMs = Math.max(session.updatedMs, editedMs);
    session.format = format;
    session.isTouched = true;
    session.hasNewFields = true;
    session.bytes += more;
    state.added += more;
    state.sessions.set(line.incarnation, session);
    state.owners.set(session.key, line.incarnation);
  }
  return {
    seq: session.seq,
    ...(line.fields && { fields: results }),
    ...(session.key !== key && { session: JSON.parse(`"${session.key}"`) as string }),
  };
}

const newSession = (line: SessionLine, key: string, now: number): SessionState => ({
  incarnation: line.incarnation,
  key,
  seq: 0,
  before: 0,
  format: line.format ?? 1,
  createdMs: line.createdMs,
  updatedMs: Math.min(line.createdMs, now),
  latestMs: Math.min(line.createdMs, now),
  snapshots: 0,
  bytes: 0,
  fields: new Map(),
  isTouched: false,
  hasNewFields: false,
});

/** The fields after the edits; those that won have no number yet. The same map, if none did. */
function editFields(push: Push, edits: Record<string, FieldEdit>, session: SessionState) {
  let { fields } = session;
  let editedMs = 0;
  const results: Record<string, FieldResult> = {};
  for (const [name, edit] of Object.entries(edits)) {
    const current = session.fields.get(name);
    const json = edit.value === undefined ? undefined : JSON.stringify(edit.value);
    // It is so already: an answer was lost, or two people meant the same.
    if (json === current?.json) {
      results[name] = { seq: current?.seq ?? 0 };
      continue;
    }
    const at = push.now - Math.min(Math.max(edit.age, 0), push.head.heard ?? Number.MAX_SAFE_INTEGER);
    if (!wins(push, edit, at, current)) {
      results[name] = {
        lost: true,
        ...(current!.json !== undefined && { value: JSON.parse(current!.json) as unknown }),
        seq: current!.seq,
      };
      continue;
    }
    if (fields === session.fields) fields = new Map(fields);
    fields.set(name, { ...(json !== undefined && { json }), seq: 0, at });
    results[name] = { seq: 0 };
    editedMs = Math.max(editedMs, Math.floor(at));
  }
  return { fields, results, editedMs };
}

/** Who saw the newest version wins, whatever the clocks say; of two at the same time, the later. */
const wins = ({ isDuplicate }: Push, { saw }: FieldEdit, at: number, current: Field | undefined): boolean =>
  !current || saw === current.seq || (!isDuplicate && at > current.at);

import { each, type Pace } from '../../database/pace.js';
import type { StoredField } from '../../database/schema.js';
import { SessionStoreError } from '../../errors.js';
import { EntryIndex, type Incoming, type IncomingSnapshot } from './imported-session.js';

/** The same session with new ids for itself and for its snapshots. References to others stay. */
export async function fork(session: Incoming, generateId: () => string, pace: Pace): Promise<Incoming> {
  const sessionId = session.sessionId === undefined ? undefined : generateId();
  const ids = new Map<string, string>();
  const index = new EntryIndex();
  await pace.run(each(session.snapshots, ({ id }) => ids.set(id, generateId())));
  await pace.run(each(session.entries, (entry) => index.add(entry)));
  requireNew(new Set(ids.values()).size === ids.size, ids.values().next().value);
  const renamed = (id: string) => ids.get(id) ?? id;
  // The session id in a state may be long enough to be an entry.
  const valueOf = ([, kind, content]: StoredField): unknown =>
    kind === 'value' ? content : index.get(content[0]!, content[1]!)?.value;
  const fieldOf = (field: StoredField): StoredField =>
    field[0] === 'sessionId' && valueOf(field) === session.sessionId
      ? ['sessionId', 'value', sessionId]
      : field;
  const snapshots: IncomingSnapshot[] = [];
  for (const { id, info, fields, where } of session.snapshots) {
    await pace.step();
    const renamedFields: StoredField[] = [];
    await pace.run(each(fields ?? [], (field) => renamedFields.push(fieldOf(field))));
    snapshots.push({
      id: renamed(id),
      info: {
        ...info,
        ...(info.sessionId !== undefined && sessionId !== undefined && { sessionId }),
        ...(info.parentId !== undefined && { parentId: renamed(info.parentId) }),
      },
      ...(fields !== undefined && { fields: fields && renamedFields }),
      where,
    });
  }
  const selected = session.selected === undefined ? undefined : renamed(session.selected);
  return { ...session, sessionId, snapshots, selected };
}

/** Checks that a generated id is not one of those generated before. */
export function requireNew(isNew: boolean, id: string | undefined): void {
  if (isNew) return;
  throw new SessionStoreError('ALREADY_EXISTS', `the generated id "${id}" is taken. Check generateId`);
}

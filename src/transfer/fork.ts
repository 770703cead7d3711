import type { StoredField } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import type { Incoming, IncomingSnapshot } from './incoming.js';

/** The same session under new ids, for it and for its snapshots. What lies outside of it keeps its ids. */
export function fork(session: Incoming, generateId: () => string): Incoming {
  const sessionId = session.sessionId === undefined ? undefined : generateId();
  const ids = new Map(session.snapshots.map(({ id }) => [id, generateId()]));
  requireNew(new Set(ids.values()).size === ids.size, [...ids.values()][0]);
  const renamed = (id: string) => ids.get(id) ?? id;
  const fieldOf = (field: StoredField): StoredField =>
    field[0] === 'sessionId' && valueOf(session, field) === session.sessionId
      ? ['sessionId', 'value', sessionId]
      : field;
  const snapshots = session.snapshots.map(({ id, info, fields, where }): IncomingSnapshot => ({
    id: renamed(id),
    info: {
      ...info,
      ...(info.sessionId !== undefined && sessionId !== undefined && { sessionId }),
      ...(info.parentId !== undefined && { parentId: renamed(info.parentId) }),
    },
    ...(fields !== undefined && { fields: fields && fields.map(fieldOf) }),
    where,
  }));
  const selected = session.selected === undefined ? undefined : renamed(session.selected);
  return { ...session, sessionId, snapshots, selected };
}

/** Whoever makes ids has made them before. */
export function requireNew(isNew: boolean, id: string | undefined): void {
  if (isNew) return;
  throw new SessionStoreError('ALREADY_EXISTS', `the generated id "${id}" is taken. Check generateId`);
}

/** A state may say whose it is, and what it says may be long enough to be an entry. */
function valueOf({ entries }: Incoming, [, kind, content]: StoredField): unknown {
  if (kind === 'value') return content;
  return entries.find(({ log, at }) => log === content[0] && at === content[1])?.value;
}

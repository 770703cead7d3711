import { described } from '../../values/schema.js';
import { badArgument } from './errors.js';
import type { SnapshotLocation } from './contract.js';

const IDENTIFIER = /^[a-z0-9_-]+$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function requireIdentifier(id: unknown, path: string): asserts id is string {
  if (typeof id === 'string' && IDENTIFIER.test(id)) return;
  throw badArgument(
    path,
    `Identifier ${described(id)} can only contain lowercase letters, numbers, hyphens, and underscores`,
  );
}

export function requireLocation({ sessionId, scope, scopeId }: SnapshotLocation): void {
  requireIdentifier(sessionId, 'location.sessionId');
  if (scope !== 'agent' && scope !== 'multiAgent') {
    throw badArgument('location.scope', `Invalid scope ${described(scope)}: must be 'agent' or 'multiAgent'`);
  }
  requireIdentifier(scopeId, 'location.scopeId');
}

/** A cursor is the last id of a page: a UUID of version 7, which sorts by time. */
export function requireCursor(id: string): void {
  if (typeof id !== 'string' || !UUID_V7.test(id))
    throw badArgument('startAfter', `${described(id)} is not a valid UUID v7 snapshot ID`);
}

import type { SessionSnapshot } from '../../index.js';

/**
 * Where a scope's snapshots are: an Offshoot session, and the prefix of their ids. All scopes of a Strands session
 * share one Offshoot session, so that it is listed and deleted as one.
 */
export interface ScopeAddress {
  sessionId: string;
  prefix: string;
}

export type State = Record<string, unknown>;

/** A row of this adapter. `revision` identifies the content of a latest one. */
export type Row = SessionSnapshot & { state?: any; revision?: any };

export const scopeAddress = (sessionId: string, scope: string, scopeId: string): ScopeAddress => ({
  sessionId,
  prefix: `${sessionId}/scopes/${scope}/${scopeId}/`,
});

export const latestOf = ({ prefix }: ScopeAddress): string => `${prefix}latest`;
export const manifestOf = ({ prefix }: ScopeAddress): string => `${prefix}manifest`;
export const checkpointOf = ({ prefix }: ScopeAddress, id: string): string => `${prefix}checkpoint/${id}`;
/** A latest snapshot that was overwritten. */
export const overwrittenOf = ({ prefix }: ScopeAddress, revision: string): string =>
  `${prefix}overwritten/${revision}`;

/** The row to be written; a rewritten one never looks older than before. */
export function rowOf(
  { sessionId }: ScopeAddress,
  state: State,
  { current, ...rest }: { current: Row | undefined; parentId: string | undefined; revision?: string },
) {
  const createdMs = Math.max(Date.now(), current ? Date.parse(current.createdAt) : 0);
  const createdAt = new Date(createdMs).toISOString();
  return moved({ sessionId, createdAt, status: 'completed' as const, ...rest, state }, rest.parentId);
}

/** The row with another parent, or with none. */
export function moved<R extends { parentId?: string | undefined }>(row: R, parentId: string | undefined) {
  const { parentId: _, ...rest } = row;
  return parentId === undefined ? rest : { ...rest, parentId };
}

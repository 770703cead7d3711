import type { SessionInfo } from 'offshoot';

export const isPinned = ({ metadata }: SessionInfo): boolean => metadata?.['pinned'] === true;
export const isArchived = ({ metadata }: SessionInfo): boolean => metadata?.['archived'] === true;

/** When it was marked to be deleted, in ms. Until it really is, that can be undone. */
export function deletedAt({ metadata }: SessionInfo): number | undefined {
  const marked = Number(metadata?.['deletedAt']);
  return Number.isFinite(marked) ? marked : undefined;
}

export const isDeleted = (session: SessionInfo): boolean => deletedAt(session) !== undefined;

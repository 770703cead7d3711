import type { SessionInfo } from 'offshoot';
import type { Marked } from './follow-marked.js';
import { isArchived, isDeleted, isPinned } from './marks.js';

const newestFirst = (a: SessionInfo, b: SessionInfo) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt);

/** The pinned ones at the top, even those that are far down the list; then the others as they were listed. */
export function arrange(listed: readonly SessionInfo[], marked: Marked): SessionInfo[] {
  const shown = (session: SessionInfo) => !isArchived(session) && !isDeleted(session);
  const pinned = new Map([...marked.values(), ...listed].map((session) => [session.sessionId, session]));
  return [
    ...[...pinned.values()].filter((session) => isPinned(session) && shown(session)).sort(newestFirst),
    ...listed.filter((session) => !isPinned(session) && shown(session)),
  ];
}

export const archivedOf = (marked: Marked): SessionInfo[] =>
  [...marked.values()].filter((session) => isArchived(session) && !isDeleted(session)).sort(newestFirst);

import type { ImagePart } from './content.js';

/** What is being written. It stays with the tab over reloads, updates of the page included. */
export interface Draft {
  text: string;
  images: readonly ImagePart[];
}

export const NO_DRAFT: Draft = { text: '', images: [] };

/** New chats have no id that lasts. */
const keyOf = (sessionId: string | undefined) => `draft:${sessionId ?? 'new'}`;

export function readDraft(sessionId: string | undefined): Draft {
  const stored = sessionStorage.getItem(keyOf(sessionId));
  return stored === null ? NO_DRAFT : (JSON.parse(stored) as Draft);
}

/** Whether somebody is writing something. */
export const hasDraft = (sessionId: string | undefined): boolean =>
  sessionStorage.getItem(keyOf(sessionId)) !== null;

export function keepDraft(sessionId: string | undefined, draft: Draft): void {
  const key = keyOf(sessionId);
  if (draft.text === '' && draft.images.length === 0) return sessionStorage.removeItem(key);
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Images can be more than there is room for; the words matter most.
    sessionStorage.setItem(key, JSON.stringify({ ...draft, images: [] }));
  }
}

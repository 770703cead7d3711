import type { SessionInfo } from 'offshoot';
import { go, hrefOf } from '../app/address.js';
import { titleOf } from '../app/labels.js';
import { toast, toastError } from '../app/toasts.js';
import type { DemoStore } from '../store/store.js';
import { deletedAt } from './marks.js';

/** How long deleting can be undone, in ms. */
const UNDO_MS = 8_000;

/** After this time, in ms, whoever had marked a session is not going to delete it any more. */
const ABANDONED_MS = 60_000;

const deletedHere = new Set<string>();

/** Whether whoever looks at this tab knows already that it was deleted. */
export const wasDeletedHere = (sessionId: string): boolean => deletedHere.has(sessionId);

/** Hides a session in every tab, and deletes it when there was time enough to undo that. */
export async function deleteWithUndo(
  store: DemoStore,
  session: SessionInfo,
  wasOpen: boolean,
): Promise<void> {
  const { sessionId } = session;
  deletedHere.add(sessionId);
  try {
    await store.updateSession(sessionId, { metadata: { deletedAt: Date.now() } });
  } catch (error) {
    return toastError(error);
  }
  const timer = setTimeout(() => void store.deleteSession(sessionId).catch(toastError), UNDO_MS);
  const undo = async () => {
    clearTimeout(timer);
    deletedHere.delete(sessionId);
    try {
      await store.updateSession(sessionId, { metadata: { deletedAt: undefined } });
      if (wasOpen) go(hrefOf(sessionId));
    } catch (error) {
      toastError(error);
    }
  };
  toast({
    text: `Deleted “${titleOf(session)}”`,
    action: { label: 'Undo', run: () => void undo() },
    forMs: UNDO_MS,
  });
}

/** Deletes in time what was marked in a tab that may be gone. Returns a function that calls it off. */
export function deleteAbandoned(store: DemoStore, session: SessionInfo): () => void {
  const marked = deletedAt(session) ?? Infinity;
  const purge = async () => {
    // It may have been taken back, and marked again.
    const now = await store.getSession(session.sessionId);
    if (now && deletedAt(now) === marked) await store.deleteSession(session.sessionId);
  };
  // Of one that cannot be deleted now, the next start takes care.
  const timer = setTimeout(
    () => void purge().catch(() => {}),
    Math.max(0, marked + ABANDONED_MS - Date.now()),
  );
  return () => clearTimeout(timer);
}

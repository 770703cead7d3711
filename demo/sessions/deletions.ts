import { useEffect } from 'react';
import type { SessionInfo } from 'offshoot';
import { go, hrefOf } from '../app/address.js';
import { titleOf } from '../app/labels.js';
import { toast, toastError } from '../app/toasts.js';
import type { DemoStore } from '../store/store.js';

/** How long deleting can be undone, in ms. */
const UNDO_MS = 8_000;

/** Whoever looks at this tab knows already that these were deleted. */
const deletedHere = new Set<string>();

/** Deletes a session, in every tab at once, and offers to bring it back. */
export async function deleteWithUndo(
  store: DemoStore,
  session: SessionInfo,
  wasOpen: boolean,
): Promise<void> {
  const { sessionId } = session;
  deletedHere.add(sessionId);
  try {
    await store.deleteSession(sessionId, { undoable: UNDO_MS });
  } catch (error) {
    deletedHere.delete(sessionId);
    return toastError(error);
  }
  const undo = async () => {
    try {
      if (!(await store.restoreSession(sessionId))) throw new Error('It is too late: the chat is gone.');
      deletedHere.delete(sessionId);
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

/** Leaves the chat that is open when it is deleted, in whichever tab. */
export function useLeaveDeleted(store: DemoStore, sessionId: string): void {
  useEffect(
    () =>
      store.onSessionChange(sessionId, ({ type }) => {
        if (type !== 'deleted') return;
        go('', 'replace');
        if (!deletedHere.has(sessionId)) toast({ text: 'The chat was deleted.', forMs: 6000 });
      }),
    [store, sessionId],
  );
}

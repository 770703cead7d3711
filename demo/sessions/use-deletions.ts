import { useEffect } from 'react';
import { go } from '../app/address.js';
import { toast } from '../app/toasts.js';
import type { DemoStore } from '../store/store.js';
import { deleteAbandoned, wasDeletedHere } from './delete-session.js';
import type { Marked } from './follow-marked.js';
import { isDeleted } from './marks.js';

/** Leaves the chat that is open when it is deleted, in whichever tab. */
export function useLeaveDeleted(store: DemoStore, sessionId: string): void {
  useEffect(() => {
    let isOpen = true;
    const leaveIf = (isGone: boolean) => {
      if (!isOpen || !isGone) return;
      isOpen = false;
      go('', 'replace');
      if (!wasDeletedHere(sessionId)) toast({ text: 'The chat was deleted.', forMs: 6000 });
    };
    const end = store.onSessionChange(sessionId, (change) =>
      leaveIf(change.type === 'deleted' || isDeleted(change.session)),
    );
    store.getSession(sessionId).then(
      (session) => leaveIf(session !== undefined && isDeleted(session)),
      // The chat reads the same, and says what is wrong.
      () => {},
    );
    return () => {
      isOpen = false;
      end();
    };
  }, [store, sessionId]);
}

/** Finishes what tabs began to delete that were closed meanwhile. */
export function useAbandonedDeletions(store: DemoStore, marked: Marked): void {
  useEffect(() => {
    const ends = [...marked.values()].filter(isDeleted).map((session) => deleteAbandoned(store, session));
    return () => ends.forEach((end) => end());
  }, [store, marked]);
}

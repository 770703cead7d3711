import type { IndexedDBSessionStore, SessionSnapshot } from '../../index.js';
import type { TranscriptStore } from './transcript/store.js';

/** The part of a store that a chat needs which follows what other tabs do. */
export type FollowedStore = TranscriptStore &
  Pick<IndexedDBSessionStore<any>, 'onSessionChange' | 'onSnapshotStateChange'>;

/**
 * Calls back after every change of a session's head, and at once; returns a function that reads it. A tab that dies
 * changes nothing in its session, so a `pending` head is watched as well.
 */
export function followHead(
  store: FollowedStore,
  sessionId: string,
  changed: () => void,
): { read: () => Promise<SessionSnapshot | undefined>; end: () => void } {
  let watched: string | undefined;
  let endWatch = () => {};
  let isOver = false;
  const endFollow = store.onSessionChange(sessionId, changed);
  changed();
  return {
    async read() {
      const head = await store.getHead(sessionId);
      const snapshot = head && (await store.getSnapshot({ snapshotId: head.snapshotId }));
      const pending = snapshot?.status === 'pending' && !isOver ? snapshot.snapshotId : undefined;
      if (pending !== watched) {
        endWatch();
        watched = pending;
        endWatch =
          pending === undefined
            ? () => {}
            : store.onSnapshotStateChange(pending, ({ status }) => void (status === 'expired' && changed()));
      }
      return snapshot;
    },
    end() {
      isOver = true;
      endFollow();
      endWatch();
    },
  };
}

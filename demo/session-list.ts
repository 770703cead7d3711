import type { IndexedDBSessionStore, SessionPage } from 'offshoot';
import { coalesce } from './coalesce.js';

const PAGE = 30;
const MOST = 1000;

interface Listener {
  changed(page: SessionPage): void;
  deleted(sessionId: string): void;
  failed(error: unknown): void;
}

/** Keeps the list of sessions up to date, whichever tab changes one. */
export function watchSessions(store: IndexedDBSessionStore, on: Listener): { showMore(): void } {
  let limit = PAGE;
  const refresh = coalesce(async () => {
    try {
      on.changed(await store.listSessions({ limit }));
    } catch (error) {
      on.failed(error);
    }
  });
  store.onSessionsChange((change) => {
    if (change.type === 'deleted') on.deleted(change.sessionId);
    void refresh();
  });
  void refresh();
  return {
    showMore() {
      limit = Math.min(limit + PAGE, MOST);
      void refresh();
    },
  };
}

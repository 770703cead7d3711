import type { SessionInfo } from 'offshoot';
import type { DemoStore } from '../store/store.js';
import { allSessions } from './all-sessions.js';
import { isArchived, isDeleted, isPinned } from './marks.js';

/** Sessions that a list by time would show too late, or not at all: by their id. */
export type Marked = ReadonlyMap<string, SessionInfo>;

const isMarked = (session: SessionInfo) => isPinned(session) || isArchived(session) || isDeleted(session);

/** Goes through all sessions once, in idle time, and then by what changes. Returns a function that ends it. */
export function followMarked(store: DemoStore, show: (marked: Marked) => void): () => void {
  let marked = new Map<string, SessionInfo>();
  /** What changed while pages were read, which may be older. */
  let heard = new Map<string, SessionInfo | undefined>();
  let reading = 0;

  const put = (id: string, session: SessionInfo | undefined): void => {
    if (session && isMarked(session)) marked.set(id, session);
    else marked.delete(id);
  };

  async function readAll(): Promise<void> {
    const mine = ++reading;
    heard = new Map();
    const found = new Map<string, SessionInfo>();
    await idle();
    for await (const sessions of allSessions(store)) {
      if (mine !== reading) return;
      for (const session of sessions) if (isMarked(session)) found.set(session.sessionId, session);
      await idle();
    }
    if (mine !== reading) return;
    marked = found;
    for (const [id, session] of heard) put(id, session);
    show(new Map(marked));
  }

  // The list that is shown reads the same, and says what is wrong.
  const read = () => void readAll().catch(() => {});
  const end = store.onSessionsChange((change) => {
    if (change.type === 'reset') {
      read();
      return;
    }
    const { sessionId } = change;
    const session = change.type === 'changed' ? change.session : undefined;
    heard.set(sessionId, session);
    if (!marked.has(sessionId) && !(session && isMarked(session))) return;
    put(sessionId, session);
    show(new Map(marked));
  });
  read();
  return () => {
    reading = -1;
    end();
  };
}

/** Until the browser has nothing better to do. Not every browser says when. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 2000 });
    else setTimeout(resolve, 50);
  });
}

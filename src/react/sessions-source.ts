import type { IndexedDBSessionStore, ListOptions, SessionInfo, SessionsChange } from '../index.js';
import type { Observer, Source } from './live-query.js';
import { kept, same } from './same.js';

/** What of a store `useSessions` uses. */
export type SessionsReader = Pick<IndexedDBSessionStore, 'listSessions' | 'onSessionsChange'>;

/** The first sessions of a list; those that did not change are the same objects as before. */
export interface SessionsView {
  sessions: readonly SessionInfo[];
  /** Whether there may be more than these: `loadMore` finds out, and gets them. */
  hasMore: boolean;
  /** Ids of rows that could not be read (`DATA_LOSS`); usually empty. */
  damaged: readonly string[];
}

/** Reads page after page, and keeps what was read up to date by what changes, without reading it again. */
export function sessionsSource(
  store: SessionsReader,
  { order = 'desc', ...options }: ListOptions,
  observer: Observer<SessionsView>,
): Source {
  const isBefore = order === 'desc' ? isLater : (a: SessionInfo, b: SessionInfo) => isLater(b, a);
  let shown: SessionsView | undefined;
  let sessions: SessionInfo[] = [];
  let damaged: string[] = [];
  let cursor: string | undefined;
  /** Where the last page ended, whatever has become of that session since. */
  let edge: SessionInfo | undefined;
  /** Whether the list is what is stored. Otherwise no change can bring it up to date. */
  let isCurrent = false;
  let isOpen = true;
  let reading: Promise<void> | undefined;
  /** How many shall be shown, as far as there are as many, when what is being read has been. */
  let wanted = 0;
  /** What was heard while a page was read; the page may be older. */
  let heard: SessionsChange[] = [];

  function show(): void {
    const before = new Map(shown?.sessions.map((session) => [session.sessionId, session]));
    sessions = sessions.map((session) => kept(before.get(session.sessionId), session));
    shown = kept(shown, { sessions: [...sessions], hasMore: cursor !== undefined, damaged });
    observer.data(shown);
  }

  function apply(change: SessionsChange): boolean {
    if (change.type === 'reset') return false;
    const at = sessions.findIndex(({ sessionId }) => sessionId === change.sessionId);
    if (change.type === 'deleted') return at >= 0 && sessions.splice(at, 1).length > 0;
    const { session } = change;
    if (at >= 0 && same(sessions[at], session)) return false;
    if (at >= 0) sessions.splice(at, 1);
    // It is on a page that was not read.
    if (cursor !== undefined && edge && isBefore(edge, session)) return at >= 0;
    const place = sessions.findIndex((each) => isBefore(session, each));
    sessions.splice(place < 0 ? sessions.length : place, 0, session);
    return true;
  }

  async function readPage(from: string | undefined): Promise<void> {
    try {
      const page = await store.listSessions({ ...options, order, cursor: from });
      if (from === undefined) [sessions, damaged, isCurrent] = [[], [], true];
      const ids = new Set(page.sessions.map(({ sessionId }) => sessionId));
      sessions = [...sessions.filter(({ sessionId }) => !ids.has(sessionId)), ...page.sessions];
      damaged = [...new Set([...damaged, ...page.damaged])];
      cursor = page.cursor;
      edge = page.sessions.at(-1) ?? edge;
    } finally {
      for (const change of heard) apply(change);
      heard = [];
    }
  }

  async function readFrom(from: string | undefined): Promise<void> {
    try {
      if (from === undefined) isCurrent = false;
      await readPage(from);
      while (sessions.length < wanted && cursor !== undefined) {
        if (!isOpen) return;
        await readPage(cursor);
      }
      if (isOpen) show();
    } catch (error) {
      if (!isOpen) return;
      if (isCurrent) show();
      observer.failed(error);
    } finally {
      reading = undefined;
      wanted = 0;
    }
  }

  const reload = () => {
    const again = () => {
      if (!isOpen || reading) return;
      wanted = Math.max(wanted, shown?.sessions.length ?? 0);
      reading = readFrom(undefined);
    };
    if (reading) void reading.then(again);
    else again();
  };

  const end = store.onSessionsChange(
    (change) => {
      if (reading && change.type !== 'reset') heard.push(change);
      else if (!isCurrent || change.type === 'reset') reload();
      else if (apply(change)) show();
    },
    { context: options.context },
  );
  reload();
  return {
    reload,
    more() {
      wanted = (shown?.sessions.length ?? 0) + 1;
      if (reading) return;
      if (!isCurrent) reload();
      else if (cursor !== undefined) reading = readFrom(cursor);
    },
    end() {
      isOpen = false;
      end();
    },
  };
}

/** Times are RFC 3339, and of equal ones the greater id comes first, as in the store's own lists. */
function isLater(a: SessionInfo, b: SessionInfo): boolean {
  const difference = Date.parse(a.updatedAt) - Date.parse(b.updatedAt);
  return difference > 0 || (difference === 0 && a.sessionId > b.sessionId);
}

import { dequal } from 'dequal';
import type { IndexedDBSessionStore, ListOptions, SessionInfo, SessionsChange } from '../index.js';
import type { Observer, Source } from './live-query.js';

/** What of a store `useSessions` uses. */
export type SessionsReader = Pick<IndexedDBSessionStore, 'listSessions' | 'onSessionsChange'>;

/** The first sessions of a list; those that did not change are the same objects as before. */
export interface SessionsView {
  sessions: readonly SessionInfo[];
  /** Whether there are more than these; `loadMore` gets them. */
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
  const before = order === 'desc' ? later : (a: SessionInfo, b: SessionInfo) => later(b, a);
  let sessions: SessionInfo[] = [];
  let cursor: string | undefined;
  let damaged: string[] = [];
  let isOpen = true;
  let reading: Promise<void> | undefined;
  /** What was heard while a page was read; the page may be older. */
  let heard: SessionsChange[] = [];

  const show = () => observer.data({ sessions: [...sessions], hasMore: cursor !== undefined, damaged });

  function apply(change: SessionsChange): boolean {
    if (change.type === 'reset') return false;
    const at = sessions.findIndex(({ sessionId }) => sessionId === change.sessionId);
    if (change.type === 'deleted') return at >= 0 && sessions.splice(at, 1).length > 0;
    const { session } = change;
    if (at >= 0 && dequal(sessions[at], session)) return false;
    if (at >= 0) sessions.splice(at, 1);
    const place = sessions.findIndex((each) => before(session, each));
    // What comes after all that was read is on a page that was not.
    if (place < 0 && cursor !== undefined) return at >= 0;
    sessions.splice(place < 0 ? sessions.length : place, 0, session);
    return true;
  }

  async function readPage(from: string | undefined): Promise<void> {
    try {
      const page = await store.listSessions({ ...options, order, cursor: from });
      const known = new Map(sessions.map((session) => [session.sessionId, session]));
      if (from === undefined) [sessions, damaged] = [[], []];
      const read = page.sessions.map((session) => {
        const old = known.get(session.sessionId);
        return dequal(old, session) ? old! : session;
      });
      const ids = new Set(read.map(({ sessionId }) => sessionId));
      sessions = [...sessions.filter(({ sessionId }) => !ids.has(sessionId)), ...read];
      damaged = [...new Set([...damaged, ...page.damaged])];
      cursor = page.cursor;
    } finally {
      for (const change of heard) apply(change);
      heard = [];
    }
  }

  /** `count`: at least so many, if there are as many. */
  async function readFrom(from: string | undefined, count: number): Promise<void> {
    try {
      await readPage(from);
      while (sessions.length < count && cursor !== undefined) await readPage(cursor);
      if (isOpen) show();
    } catch (error) {
      observer.failed(error);
    } finally {
      reading = undefined;
    }
  }

  const reload = () => {
    const again = () => {
      if (isOpen && !reading) reading = readFrom(undefined, sessions.length);
    };
    if (reading) void reading.then(again);
    else again();
  };

  const end = store.onSessionsChange((change) => {
    if (change.type === 'reset') reload();
    else if (reading) heard.push(change);
    else if (apply(change)) show();
  }, options);
  reload();
  return {
    reload,
    more() {
      if (!reading && cursor !== undefined) reading = readFrom(cursor, 0);
    },
    end() {
      isOpen = false;
      end();
    },
  };
}

/** Times are RFC 3339, and of equal ones the greater id comes first, as in the store's own lists. */
function later(a: SessionInfo, b: SessionInfo): boolean {
  const difference = Date.parse(a.updatedAt) - Date.parse(b.updatedAt);
  return difference > 0 || (difference === 0 && a.sessionId > b.sessionId);
}

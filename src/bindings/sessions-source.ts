import type { IndexedDBSessionStore, ListSessionsOptions, SessionInfo, SessionsChange } from '../index.js';
import { hasAll } from '../values/schema.js';
import type { Observer, Source } from './live-query.js';
import { kept, same } from './same.js';

/** The part of a store that a live list of sessions uses. */
export type SessionsReader = Pick<IndexedDBSessionStore, 'listSessions' | 'onSessionsChange'>;

/** The first sessions of a list; unchanged ones are the same objects as before. */
export interface SessionsView {
  sessions: readonly SessionInfo[];
  /** Whether there may be more: `loadMore` finds out, and reads them. */
  hasMore: boolean;
  /** Ids of rows that could not be read (`DATA_LOSS`); usually empty. */
  damaged: readonly string[];
}

/** Reads page by page, and applies changes to the pages without reading them again. */
export function sessionsSource(
  store: SessionsReader,
  { order = 'desc', ...options }: ListSessionsOptions,
  observer: Observer<SessionsView>,
): Source {
  const isBefore = order === 'desc' ? isLater : (a: SessionInfo, b: SessionInfo) => isLater(b, a);
  let shown: SessionsView | undefined;
  let sessions: SessionInfo[] = [];
  let damaged: string[] = [];
  let cursor: string | undefined;
  /** The last session of the last page, as it was when it was read. */
  let edge: SessionInfo | undefined;
  /** Whether the list agrees with what is stored, so that changes can be applied to it. */
  let isCurrent = false;
  let isOpen = true;
  let reading: Promise<void> | undefined;
  /** How many sessions to show, if there are as many, after the current read. */
  let wanted = 0;
  /** Changes received while a page was read, which may be older. */
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
    // What the list is no longer for is gone from it.
    if (change.type === 'deleted' || !hasAll(change.session.metadata ?? {}, options.where ?? {}))
      return at >= 0 && sessions.splice(at, 1).length > 0;
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

/** Order by RFC 3339 time; for equal times the greater id comes first, as in the store's own lists. */
function isLater(a: SessionInfo, b: SessionInfo): boolean {
  const difference = Date.parse(a.updatedAt) - Date.parse(b.updatedAt);
  return difference > 0 || (difference === 0 && a.sessionId > b.sessionId);
}

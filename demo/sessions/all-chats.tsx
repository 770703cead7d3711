import { useMemo } from 'react';
import { useSessions, useSessionStore } from 'offshoot/react';
import { arrange } from './arrange.js';
import type { Marked } from './follow-marked.js';
import { SessionList } from './session-list.js';
import { SessionRow } from './session-row.js';

const PAGE = 200;
const NONE: never[] = [];

/** The pinned chats and then all others, page by page. */
export function AllChats({ marked, currentId }: { marked: Marked; currentId: string }) {
  const { status, data, error, loadMore, reload } = useSessions(useSessionStore(), { pageSize: PAGE });
  const rows = useMemo(() => arrange(data?.sessions ?? NONE, marked), [data, marked]);
  return (
    <>
      {status === 'error' && (
        <div className="session-note" role="alert">
          <p>The chats cannot be read. {error.message}</p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {status === 'ready' && rows.length === 0 && !data.hasMore && (
        <p className="hint session-note">No chats yet.</p>
      )}
      <SessionList
        rows={rows}
        sessionOf={(session) => session}
        currentId={currentId}
        hasMore={data?.hasMore ?? false}
        loadMore={loadMore}
      >
        {(session, state) => <SessionRow key={session.sessionId} {...state} session={session} />}
      </SessionList>
    </>
  );
}

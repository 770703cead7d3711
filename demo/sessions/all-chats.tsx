import { useMemo } from 'react';
import { useSessions, useSessionStore } from 'offshoot/react';
import { isArchived, isPinned, PINNED } from './marks.js';
import { SessionList } from './session-list.js';
import { SessionRow } from './session-row.js';

const PAGE = 200;
/** Of those that are pinned all are at the top, even those that are far down the list. */
const MOST = 1000;

/** The pinned chats and then all others, page by page. */
export function AllChats({ currentId }: { currentId: string }) {
  const store = useSessionStore();
  const pinned = useSessions(store, { where: PINNED, pageSize: MOST }).data?.sessions;
  const { status, data, error, loadMore, reload } = useSessions(store, { pageSize: PAGE });
  const rows = useMemo(() => {
    const listed = data?.sessions ?? [];
    const all = pinned ? [...pinned, ...listed.filter((session) => !isPinned(session))] : listed;
    return all.filter((session) => !isArchived(session));
  }, [data, pinned]);
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

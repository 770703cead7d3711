import { useState } from 'react';
import { useSessions, useSessionStore } from 'offshoot/react';
import { Icon } from '../app/icons.js';
import type { TurnState } from '../store/store.js';
import { AllChats } from './all-chats.js';
import { useLeaveDeleted } from './deletions.js';
import { ARCHIVED } from './marks.js';
import { SearchResults } from './search-results.js';
import { SessionList } from './session-list.js';
import { SessionRow } from './session-row.js';
import { useSearch } from './use-search.js';

interface SidebarProps {
  sessionId: string;
  onNew: () => void;
}

export function Sidebar({ sessionId, onNew }: SidebarProps) {
  const store = useSessionStore<TurnState>();
  const [query, setQuery] = useState('');
  const [showsArchived, setShowsArchived] = useState(false);
  const { data, loadMore } = useSessions(store, { where: ARCHIVED, pageSize: 1000 });
  const search = useSearch(store, query);
  const archived = data?.sessions ?? [];
  const hasMore = data?.hasMore ?? false;
  useLeaveDeleted(store, sessionId);
  return (
    <>
      <header>
        <h1>Offshoot</h1>
        <button type="button" onClick={onNew}>
          <Icon name="plus" />
          New chat
        </button>
      </header>
      <search className="session-search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search chats"
          placeholder="Search chats"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || query === '') return;
            event.stopPropagation();
            setQuery('');
          }}
        />
      </search>
      {search && query.trim() !== '' ? (
        <SearchResults search={search} currentId={sessionId} />
      ) : (
        <>
          {(showsArchived || archived.length > 0) && (
            <button
              type="button"
              className="quiet session-archive"
              aria-pressed={showsArchived}
              onClick={() => setShowsArchived(!showsArchived)}
            >
              <Icon name={showsArchived ? 'back' : 'archive'} />
              {showsArchived
                ? 'All chats'
                : `Archived (${archived.length.toLocaleString('en')}${hasMore ? '+' : ''})`}
            </button>
          )}
          {showsArchived ? (
            <>
              {archived.length === 0 && <p className="hint session-note">Nothing is archived.</p>}
              <SessionList
                rows={archived}
                sessionOf={(session) => session}
                currentId={sessionId}
                hasMore={hasMore}
                loadMore={loadMore}
              >
                {(session, state) => <SessionRow key={session.sessionId} {...state} session={session} />}
              </SessionList>
            </>
          ) : (
            <AllChats currentId={sessionId} />
          )}
        </>
      )}
    </>
  );
}

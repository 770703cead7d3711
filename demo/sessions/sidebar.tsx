import { useState } from 'react';
import { useSessionStore } from 'offshoot/react';
import { Icon } from '../app/icons.js';
import type { TurnState } from '../store/store.js';
import { AllChats } from './all-chats.js';
import { ArchivedChats } from './archived-chats.js';
import { archivedOf } from './arrange.js';
import { SearchResults } from './search-results.js';
import { useAbandonedDeletions, useLeaveDeleted } from './use-deletions.js';
import { useMarked } from './use-marked.js';
import { useSearch } from './use-search.js';

interface SidebarProps {
  sessionId: string;
  onNew: () => void;
}

export function Sidebar({ sessionId, onNew }: SidebarProps) {
  const store = useSessionStore<TurnState>();
  const [query, setQuery] = useState('');
  const [showsArchived, setShowsArchived] = useState(false);
  const marked = useMarked(store);
  const search = useSearch(store, query);
  const archived = archivedOf(marked);
  useLeaveDeleted(store, sessionId);
  useAbandonedDeletions(store, marked);
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
              {showsArchived ? 'All chats' : `Archived (${archived.length.toLocaleString('en')})`}
            </button>
          )}
          {showsArchived ? (
            <ArchivedChats sessions={archived} currentId={sessionId} />
          ) : (
            <AllChats marked={marked} currentId={sessionId} />
          )}
        </>
      )}
    </>
  );
}

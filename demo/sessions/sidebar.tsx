import { useSessions, useSessionStore } from 'offshoot/react';
import { hrefOf } from '../app/address.js';
import { Icon } from '../app/icons.js';
import { countOf, titleOf } from '../app/labels.js';

interface SidebarProps {
  sessionId: string;
  onNew: () => void;
}

export function Sidebar({ sessionId, onNew }: SidebarProps) {
  const { data } = useSessions(useSessionStore());
  return (
    <>
      <header>
        <h1>Offshoot</h1>
        <button type="button" onClick={onNew}>
          <Icon name="plus" />
          New chat
        </button>
      </header>
      <ul className="session-list" aria-label="Chats">
        {data?.sessions.map((session) => (
          <li key={session.sessionId}>
            <a
              href={hrefOf(session.sessionId)}
              aria-current={session.sessionId === sessionId ? 'page' : undefined}
            >
              <span className="title">{titleOf(session)}</span>
              <span className="hint">{countOf(session.snapshotCount, 'turn')}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

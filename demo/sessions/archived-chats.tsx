import type { SessionInfo } from 'offshoot';
import { SessionList } from './session-list.js';
import { SessionRow } from './session-row.js';

export function ArchivedChats({ sessions, currentId }: { sessions: SessionInfo[]; currentId: string }) {
  return (
    <>
      {sessions.length === 0 && <p className="hint session-note">Nothing is archived.</p>}
      <SessionList rows={sessions} sessionOf={(session) => session} currentId={currentId}>
        {(session, state) => <SessionRow key={session.sessionId} {...state} session={session} />}
      </SessionList>
    </>
  );
}

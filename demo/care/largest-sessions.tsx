import type { StorageReport } from 'offshoot';
import { hrefOf } from '../app/address.js';
import { formatBytes } from './format-bytes.js';
import { useTitles } from './use-titles.js';

const MOST = 5;

interface LargestSessionsProps {
  sessions: StorageReport['sessions'];
  onLeave: () => void;
}

export function LargestSessions({ sessions, onLeave }: LargestSessionsProps) {
  const largest = sessions.slice(0, MOST);
  const titles = useTitles(largest.map(({ sessionId }) => sessionId));
  if (largest.length === 0) return null;
  return (
    <>
      <h4>The largest chats</h4>
      <ul className="largest" aria-label="The largest chats">
        {largest.map(({ sessionId, bytes }) => (
          <li key={sessionId}>
            <a href={hrefOf(sessionId)} onClick={onLeave}>
              {titles.get(sessionId) ?? '…'}
            </a>
            <span className="hint">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

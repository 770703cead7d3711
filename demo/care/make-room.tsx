import { useState } from 'react';
import type { RoomReport } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { hrefOf } from '../app/address.js';
import { toastError } from '../app/toasts.js';
import { formatBytes } from './format-bytes.js';
import { useTitles } from './use-titles.js';

const MOST = 3;

/** What can be deleted when the disk is full, the largest first. There is no room for taking it back. */
export function MakeRoom({ event }: { event: RoomReport }) {
  const store = useSessionStore();
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set());
  const largest = event.sessions.filter(({ sessionId }) => !deleted.has(sessionId)).slice(0, MOST);
  const titles = useTitles(largest.map(({ sessionId }) => sessionId));
  const remove = async (sessionId: string) => {
    try {
      await store.deleteSession(sessionId);
      setDeleted((before) => new Set([...before, sessionId]));
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <ul aria-label="What takes most">
      {largest.map(({ sessionId, bytes }) => {
        const title = titles.get(sessionId) ?? '…';
        return (
          <li key={sessionId}>
            <a href={hrefOf(sessionId)}>{title}</a>
            <span className="hint">{formatBytes(bytes)}</span>
            <button
              type="button"
              aria-label={`Delete for good: ${title}`}
              onClick={() => void remove(sessionId)}
            >
              Delete for good
            </button>
          </li>
        );
      })}
    </ul>
  );
}

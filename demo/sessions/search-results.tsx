import type { ReactNode } from 'react';
import { SessionList } from './session-list.js';
import { SessionRow } from './session-row.js';
import type { Match } from './search.js';
import type { Search } from './use-search.js';

const numberOf = (count: number) => count.toLocaleString('en');

export function SearchResults({ search, currentId }: { search: Search; currentId: string }) {
  const { matches } = search;
  return (
    <>
      <p className="hint session-note" role="status">
        {search.isDone
          ? `${numberOf(matches.length)} found in ${numberOf(search.total)}`
          : `${numberOf(matches.length)} found, searched ${numberOf(search.searched)} of ${numberOf(search.total)}`}
      </p>
      <SessionList rows={matches} sessionOf={({ session }) => session} currentId={currentId}>
        {({ session, snapshotId, excerpt }, state) => (
          <SessionRow
            key={session.sessionId}
            {...state}
            session={session}
            at={snapshotId}
            {...(snapshotId === undefined
              ? { heading: <Excerpt {...excerpt} />, excerpt: null }
              : { excerpt: <Excerpt {...excerpt} /> })}
          />
        )}
      </SessionList>
    </>
  );
}

function Excerpt({ text, ranges }: Match['excerpt']) {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const [from, to] of ranges) {
    if (from < end) continue;
    parts.push(text.slice(end, from), <mark key={from}>{text.slice(from, to)}</mark>);
    end = to;
  }
  return [...parts, text.slice(end)];
}

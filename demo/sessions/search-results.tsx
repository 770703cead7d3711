import { SessionList } from './session-list.js';
import { SessionRow } from './session-row.js';
import type { Found } from './find-text.js';
import { shownMatches, type Search } from './use-search.js';

const numberOf = (count: number) => count.toLocaleString('en');

export function SearchResults({ search, currentId }: { search: Search; currentId: string }) {
  const matches = shownMatches(search);
  return (
    <>
      <p className="hint session-note" role="status">
        {search.isDone
          ? `${numberOf(matches.length)} found in ${numberOf(search.total)}`
          : `${numberOf(matches.length)} found, searched ${numberOf(search.searched)} of ${numberOf(search.total)}`}
      </p>
      <SessionList rows={matches} sessionOf={({ session }) => session} currentId={currentId}>
        {({ session, snapshotId, found }, state) => (
          <SessionRow
            key={session.sessionId}
            {...state}
            session={session}
            at={snapshotId}
            {...(snapshotId === undefined
              ? { heading: <Marked {...found} />, excerpt: null }
              : { excerpt: <Marked {...found} /> })}
          />
        )}
      </SessionList>
    </>
  );
}

const Marked = ({ before, match, after }: Found) => (
  <>
    {before}
    <mark>{match}</mark>
    {after}
  </>
);

import { memo, type ReactNode } from 'react';
import type { SessionInfo } from 'offshoot';
import { hrefOf } from '../app/address.js';
import { Icon, IconButton } from '../app/icons.js';
import { countOf, titleOf } from '../app/labels.js';
import { isArchived, isPinned } from './marks.js';
import { RelativeTime } from './relative-time.js';
import type { RowActions } from './row-actions.js';
import { TitleEditor } from './title-editor.js';

interface SessionRowProps extends RowActions {
  session: SessionInfo;
  isCurrent: boolean;
  /** Whether the Tab key comes to this row; the arrow keys go on to others. */
  isTabStop: boolean;
  isEditing: boolean;
  /** Instead of the title, and beneath it: what a search found. */
  heading?: ReactNode;
  excerpt?: ReactNode;
  /** The branch to open. */
  at?: string | undefined;
}

export const SessionRow = memo(function SessionRow({
  session,
  isCurrent,
  isTabStop,
  isEditing,
  heading,
  excerpt,
  at,
  onMenu,
  onRenamed,
}: SessionRowProps) {
  const title = titleOf(session);
  if (isEditing)
    return (
      <div className="session-row">
        <TitleEditor title={title} onDone={(written, byKey) => onRenamed(session, written, byKey)} />
      </div>
    );
  return (
    <div className="session-row" data-session={session.sessionId}>
      <a
        href={hrefOf(session.sessionId, at)}
        aria-current={isCurrent ? 'page' : undefined}
        tabIndex={isTabStop ? 0 : -1}
      >
        <span className="session-title">
          {isPinned(session) && <Icon name="pin" />}
          <span className="title">{heading ?? title}</span>
        </span>
        <span className="session-about">
          {excerpt !== undefined && <span className="excerpt">{excerpt}</span>}
          <span className="hint">
            {isPinned(session) && <span className="visually-hidden">Pinned, </span>}
            {excerpt !== undefined && isArchived(session) && 'Archived · '}
            <RelativeTime time={session.updatedAt} /> · {countOf(session.snapshotCount, 'turn')}
          </span>
        </span>
      </a>
      <IconButton
        icon="more"
        label={`More about ${title}`}
        className="quiet session-more"
        tabIndex={isTabStop ? 0 : -1}
        onClick={(event) => onMenu(session, event.currentTarget)}
      />
    </div>
  );
});

import { useEffect, useRef } from 'react';
import type { SessionInfo, SessionPatch } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { announce } from '../app/announcer.js';
import { Icon, type IconName } from '../app/icons.js';
import { titleOf } from '../app/labels.js';
import { toastError } from '../app/toasts.js';
import type { TurnState } from '../store/store.js';
import { deleteWithUndo } from './deletions.js';
import { isArchived, isPinned } from './marks.js';

export interface OpenMenu {
  session: SessionInfo;
  button: HTMLElement;
}

interface SessionMenuProps extends OpenMenu {
  isCurrent: boolean;
  onRename: () => void;
  onClose: () => void;
}

const GAP = 4;

/** What can be done with a chat, beside its button. A popover, so that Escape and the page around it close it. */
export function SessionMenu({ session, button, isCurrent, onRename, onClose }: SessionMenuProps) {
  const store = useSessionStore<TurnState>();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = menu.current!;
    element.showPopover({ source: button });
    const at = button.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = element;
    const below = at.bottom + GAP;
    const top = below + offsetHeight > innerHeight ? at.top - GAP - offsetHeight : below;
    element.style.top = `${Math.max(GAP, top)}px`;
    element.style.left = `${Math.max(GAP, at.right - offsetWidth)}px`;
    element.querySelector('button')?.focus();
  }, [button]);

  const title = titleOf(session);
  const [pin, archive] = [!isPinned(session), !isArchived(session)];
  const update = async (patch: SessionPatch, done: string) => {
    try {
      await store.updateSession(session.sessionId, patch);
      announce(done);
    } catch (error) {
      toastError(error);
    }
  };
  const item = (verb: string, icon: IconName, run: () => void) => (
    <button
      type="button"
      aria-label={`${verb} ${title}`}
      onClick={() => {
        menu.current!.hidePopover();
        run();
      }}
    >
      <Icon name={icon} />
      {verb}
    </button>
  );
  return (
    <div
      ref={menu}
      popover="auto"
      className="session-menu"
      role="group"
      aria-label={`More about ${title}`}
      onToggle={({ newState }) => {
        if (newState === 'closed') onClose();
      }}
      onKeyDown={moveWithArrows}
    >
      {item('Rename', 'pencil', onRename)}
      {item(pin ? 'Pin' : 'Unpin', 'pin', () =>
        update({ metadata: { pinned: pin || undefined } }, `${pin ? 'Pinned' : 'Unpinned'} “${title}”`),
      )}
      {item(archive ? 'Archive' : 'Unarchive', 'archive', () =>
        update(
          { metadata: { archived: archive || undefined } },
          `${archive ? 'Archived' : 'Unarchived'} “${title}”`,
        ),
      )}
      {item('Delete', 'bin', () => deleteWithUndo(store, session, isCurrent))}
    </div>
  );
}

function moveWithArrows(event: React.KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const items = [...event.currentTarget.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  items.at((at + step) % items.length)?.focus();
  event.preventDefault();
}

import type { SessionInfo } from 'offshoot';
import { hrefOf } from '../address.js';
import { find, make, onPress, setText } from '../dom.js';
import { countOf, titleOf } from '../labels.js';
import { icon, iconButton } from './icons.js';
import { listView, type ItemView } from './list.js';

export interface SessionActions {
  create(): void;
  rename(session: SessionInfo): void;
  delete(session: SessionInfo): void;
  showMore(): void;
}

interface SessionItem {
  session: SessionInfo;
  current: boolean;
}

/** The list of chats, latest activity first. */
export function sessionsView(actions: SessionActions) {
  const create = find<HTMLButtonElement>('new-chat');
  create.prepend(icon('plus'));
  onPress(create, actions.create);
  const more = find<HTMLButtonElement>('more-sessions');
  onPress(more, actions.showMore);
  const showItems = listView<SessionItem>(
    find('session-list'),
    ({ session }) => session.sessionId,
    () => sessionItem(actions),
  );
  return {
    show(sessions: readonly SessionInfo[], currentId: string, hasMore: boolean) {
      showItems(sessions.map((session) => ({ session, current: session.sessionId === currentId })));
      find('no-sessions').hidden = sessions.length > 0;
      more.hidden = !hasMore;
    },
  };
}

function sessionItem(actions: SessionActions): ItemView<SessionItem> {
  const title = make('span', { class: 'title' });
  const size = make('span', { class: 'hint' });
  const link = make('a', {}, title, size);
  const rename = iconButton('pencil', 'Rename');
  const remove = iconButton('bin', 'Delete');
  let shown: SessionInfo;
  onPress(rename, () => actions.rename(shown));
  onPress(remove, () => actions.delete(shown));
  return {
    element: make('li', {}, link, make('span', { class: 'tools' }, rename, remove)),
    show({ session, current }) {
      shown = session;
      link.href = hrefOf(session.sessionId);
      if (current) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
      setText(title, titleOf(session));
      setText(size, countOf(session.snapshotCount, 'snapshot'));
      rename.setAttribute('aria-label', `Rename ${titleOf(session)}`);
      remove.setAttribute('aria-label', `Delete ${titleOf(session)}`);
    },
  };
}

import { find, onPress } from '../dom.js';
import { icon, type IconName } from './icons.js';

/** On a narrow screen the chats and the branches are drawers over the conversation. */
export function panels() {
  const sessions = drawer('show-sessions', 'sessions', 'list');
  const branches = drawer('show-branches', 'branches', 'branch');
  const close = () => {
    sessions.close();
    branches.close();
  };
  find('scroller').addEventListener('pointerdown', close);
  find('session-list').addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('a')) close();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && !document.querySelector('dialog[open]')) close();
  });
  return { close };
}

function drawer(buttonId: string, panelId: string, iconName: IconName) {
  const button = find<HTMLButtonElement>(buttonId);
  const panel = find(panelId);
  button.prepend(icon(iconName));
  const set = (open: boolean) => {
    if (!open && panel.contains(document.activeElement) && button.checkVisibility()) button.focus();
    panel.classList.toggle('open', open);
    button.setAttribute('aria-expanded', String(open));
  };
  onPress(button, () => {
    set(!panel.classList.contains('open'));
    panel.querySelector<HTMLElement>('.open :is(a, button)')?.focus();
  });
  return { close: () => set(false) };
}

import { find, make, onPress } from '../dom.js';
import { iconButton } from './icons.js';

/** One line for what went wrong, until it is dismissed or something else happens. */
export function statusView() {
  const status = find('status');
  const clear = () => status.replaceChildren();
  return {
    clear,
    show(text: string, kind: 'error' | 'notice' = 'notice') {
      const dismiss = iconButton('close', 'Dismiss');
      onPress(dismiss, clear);
      status.replaceChildren(make('p', { class: kind }, make('span', {}, text), dismiss));
    },
  };
}

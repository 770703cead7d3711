import { find, make, onPress, setDisabled } from '../dom.js';
import { icon } from './icons.js';

export interface ComposerActions {
  send(prompt: string): void;
  stop(): void;
}

/** Where messages are written. Enter sends, Shift+Enter begins a new line. */
export function composerView(actions: ComposerActions) {
  const form = find<HTMLFormElement>('composer');
  const message = find<HTMLTextAreaElement>('message');
  const send = find<HTMLButtonElement>('send');
  const stop = find<HTMLButtonElement>('stop');
  for (const [button, name] of [
    [send, 'send'],
    [stop, 'stop'],
  ] as const)
    button.prepend(icon(name));

  let ready = false;
  const update = () => setDisabled(send, !ready || message.value.trim() === '');
  update();
  message.addEventListener('input', update);
  message.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const prompt = message.value.trim();
    if (!ready || prompt === '') return;
    message.value = '';
    actions.send(prompt);
  });
  onPress(stop, actions.stop);

  return {
    show(state: { ready: boolean; live: boolean }) {
      ready = state.ready && !state.live;
      const hadFocus = document.activeElement === stop;
      stop.hidden = !state.live;
      send.hidden = state.live;
      if (hadFocus && !state.live) this.focus();
      update();
    },
    /** Not on a touch screen, where the keyboard would cover the conversation. */
    focus() {
      if (matchMedia('(hover: hover)').matches) message.focus();
    },
    focusStop: () => stop.focus(),
    /** Gives a message back that could not be answered. */
    restore(prompt: string) {
      if (message.value === '') message.value = prompt;
      update();
    },
  };
}

/** Buttons that send a first message. */
export function suggestionsView(prompts: readonly string[], send: (prompt: string) => void): void {
  const items = prompts.map((prompt) => {
    const button = make('button', { type: 'button' }, prompt);
    onPress(button, () => send(prompt));
    return make('li', {}, button);
  });
  find('suggestions').append(...items);
}

import { announce } from '../../app/announcer.js';

const SAYS_SO_FOR_MS = 2000;

/** A plain element, because it stands in between what the model wrote, which React knows nothing of. */
export function copyButton(text: () => string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = 'Copy';
  button.ariaLabel = 'Copy code';
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text()).then(
      () => say(button, 'Copied'),
      () => say(button, 'Not allowed'),
    );
  });
  return button;
}

function say(button: HTMLButtonElement, result: string): void {
  button.textContent = result;
  announce(result);
  setTimeout(() => {
    button.textContent = 'Copy';
  }, SAYS_SO_FOR_MS);
}

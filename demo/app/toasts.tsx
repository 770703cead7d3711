import { useSyncExternalStore } from 'react';
import { IconButton } from './icons.js';
import { Listeners } from './listeners.js';

export interface Toast {
  text: string;
  kind?: 'error';
  action?: { label: string; run: () => void };
  /** How long it stays, in ms; until it is closed, if there is no such time. */
  forMs?: number;
}

interface Shown extends Toast {
  id: number;
}

let shown: readonly Shown[] = [];
let last = 0;
const listeners = new Listeners();

function set(next: readonly Shown[]): void {
  shown = next;
  listeners.notify();
}

const dismiss = (id: number) => set(shown.filter((each) => each.id !== id));

/** Says something at the foot of the page. Returns a function that takes it away. */
export function toast(message: Toast): () => void {
  const id = ++last;
  const close = () => dismiss(id);
  // The same said twice is said once; what can be undone twice is not the same.
  const others = shown.filter(({ text, action }) => action || text !== message.text);
  set([...others, { ...message, id }]);
  if (message.forMs !== undefined) setTimeout(close, message.forMs);
  return close;
}

/** Shows what went wrong, until it is closed. */
export function toastError(error: unknown): void {
  toast({ text: error instanceof Error ? error.message : String(error), kind: 'error' });
}

export function Toasts() {
  const list = useSyncExternalStore(listeners.subscribe, () => shown);
  return (
    <div className="toasts" role="status">
      {list.map(({ id, text, kind, action }) => (
        <p key={id} className={kind}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
          <IconButton icon="close" label="Dismiss" onClick={() => dismiss(id)} />
        </p>
      ))}
    </div>
  );
}

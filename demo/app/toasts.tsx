import { useSyncExternalStore } from 'react';
import { IconButton } from './icons.js';

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
const listeners = new Set<() => void>();

function set(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says something at the foot of the page. Returns a function that takes it away. */
export function toast(message: Toast): () => void {
  const id = ++last;
  const close = () => set(shown.filter((each) => each.id !== id));
  set([...shown.filter(({ text }) => text !== message.text), { ...message, id }]);
  if (message.forMs !== undefined) setTimeout(close, message.forMs);
  return close;
}

/** Shows what went wrong, and hands on what nobody expected. */
export function toastError(error: unknown): void {
  toast({ text: error instanceof Error ? error.message : String(error), kind: 'error' });
}

export function Toasts() {
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
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
                set(shown.filter((each) => each.id !== id));
              }}
            >
              {action.label}
            </button>
          )}
          <IconButton
            icon="close"
            label="Dismiss"
            onClick={() => set(shown.filter((each) => each.id !== id))}
          />
        </p>
      ))}
    </div>
  );
}

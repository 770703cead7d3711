import { useSyncExternalStore } from 'react';
import { Listeners } from './listeners.js';

let said = '';
const listeners = new Listeners();

/** Says something to screen readers only. */
export function announce(text: string): void {
  said = text;
  listeners.notify();
}

export function Announcer() {
  const text = useSyncExternalStore(listeners.subscribe, () => said);
  return (
    <div className="visually-hidden" aria-live="polite" role="log">
      {text}
    </div>
  );
}

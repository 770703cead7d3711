import { useSyncExternalStore } from 'react';
import { Listeners } from '../app/listeners.js';

const TICK_MS = 15_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' });

/** All rows look at one clock, which stands still while none is shown. */
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Listeners();

function subscribe(listener: () => void): () => void {
  const end = listeners.subscribe(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    listeners.notify();
  }, TICK_MS);
  return () => {
    end();
    if (!listeners.isEmpty) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago it was; brought up to date by itself. */
export function RelativeTime({ time }: { time: string }) {
  const at = Date.parse(time);
  const age = useSyncExternalStore(subscribe, () => now) - at;
  return (
    <time dateTime={time} title={exact.format(at)}>
      {age < 0 ? since(0, at) : since(age, at)}
    </time>
  );
}

function since(age: number, at: number): string {
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return relative.format(-Math.floor(age / MINUTE), 'minute');
  if (age < DAY) return relative.format(-Math.floor(age / HOUR), 'hour');
  if (age < 7 * DAY) return relative.format(-Math.floor(age / DAY), 'day');
  return absolute.format(at);
}

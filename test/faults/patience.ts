import { onTestFinished, vi } from 'vitest';
import { openRaw, settled } from '../database/raw-database.js';

/** Keeps everybody from opening the database, as a tab does that was frozen, until the returned function is called. */
export async function holdUp(name: string): Promise<() => Promise<unknown>> {
  const holder = await openRaw(name);
  onTestFinished(() => holder.close());
  const deletion = settled(indexedDB.deleteDatabase(name));
  return () => {
    holder.close();
    return deletion;
  };
}

const { setTimeout: realTimeout } = globalThis;

/** Waits until WebCrypto has got at what it was asked before: it takes real time while that of the timers flies. */
export async function cryptoAnswered(): Promise<void> {
  await crypto.subtle?.digest('SHA-256', new Uint8Array(1));
}

/** Real time, which the database takes, too. */
async function breathe(): Promise<void> {
  await new Promise((resolve) => realTimeout(resolve, 4));
  await cryptoAnswered();
}

/** Lets so many ms pass for those who wait, in steps: what sets one timer may have waited for another. */
export async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await vi.advanceTimersByTimeAsync(Math.min(left, 500));
    await breathe();
  }
}

/** From now on time passes only where the test lets it. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

/** Lets as much time pass as it takes until nobody waits any longer, wherever their limit is. */
export async function losePatience<T>(action: () => Promise<T>): Promise<T> {
  stopTime();
  const wait = { over: false };
  const result = action().finally(() => {
    wait.over = true;
  });
  result.catch(() => {});
  // In steps, because what sets one timer may have waited for another, or for the database, which takes real time.
  const start = performance.now();
  while (!wait.over && performance.now() - start < 10_000) {
    await vi.advanceTimersByTimeAsync(500);
    await breathe();
  }
  vi.useRealTimers();
  if (!wait.over) throw new Error('somebody waits for ever');
  return result;
}

import type { ChatStore, Turn } from '../variants/variant.js';

/** How long `action` took, in ms, and what it came to. */
export async function timed<T>(action: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now();
  const value = await action();
  return { ms: performance.now() - start, value };
}

/** How long it took to save a turn. */
export async function timedSave(chat: ChatStore, turn: Turn): Promise<number> {
  chat.prepare?.(turn);
  return (await timed(() => chat.save(turn))).ms;
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** Between the two nearest values where none is at the place exactly. */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at % 1);
}

export const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

import { vi } from 'vitest';

/** Waits for what cannot be awaited: something said from another store, through a channel. */
export function eventually(condition: () => unknown, what: string): Promise<void> {
  return vi.waitFor(
    () => {
      if (!condition()) throw new Error(`waited in vain: ${what}`);
    },
    { timeout: 10_000, interval: 2 },
  );
}

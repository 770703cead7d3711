import { onTestFinished, vi } from 'vitest';

/**
 * Lets a test decide what becomes of every message that stores opened from now on send each other: delivered at
 * once, later, twice, or never.
 */
export function carryMessages(carry: (deliver: () => void) => void): void {
  vi.stubGlobal(
    'BroadcastChannel',
    class extends BroadcastChannel {
      override postMessage(message: unknown): void {
        carry(() => super.postMessage(message));
      }
    },
  );
  onTestFinished(() => void vi.unstubAllGlobals());
}

/** Messages are delivered, but not those sent while `action` runs. */
export function loseMessages(): { during<T>(action: () => Promise<T>): Promise<T> } {
  let isLosing = false;
  carryMessages((deliver) => {
    if (!isLosing) deliver();
  });
  return {
    async during(action) {
      isLosing = true;
      try {
        return await action();
      } finally {
        isLosing = false;
      }
    },
  };
}

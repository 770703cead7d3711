import type { SessionSnapshot } from '../index.js';

/** The longest time before a pending snapshot is read again, in ms. */
const LOOK_AGAIN_MS = 10_000;

export interface Reader {
  /** Reads soon; further calls before that have no effect. */
  read: () => void;
  /** Reads again when a heartbeat runs out, since that is not stored and so causes no change message. */
  lookAgainAt(snapshots: Iterable<Pick<SessionSnapshot, 'status' | 'heartbeatAt'>>): void;
  end(): void;
}

/** Runs `ask` one at a time, so that a result is never older than the previous one. */
export function readerOf<T>(
  ask: () => Promise<T>,
  show: (answer: T) => void,
  failed: (error: unknown) => void,
): Reader {
  let isOpen = true;
  let isRunning = false;
  let again = false;
  let later: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    isRunning = true;
    // One commit may cause several calls.
    await Promise.resolve();
    while (again) {
      again = false;
      try {
        const answer = await ask();
        if (isOpen) show(answer);
      } catch (error) {
        if (isOpen) failed(error);
      }
    }
    isRunning = false;
  };
  const read = () => {
    again = isOpen;
    if (!isRunning) void run();
  };
  return {
    read,
    lookAgainAt(snapshots) {
      clearTimeout(later);
      for (const { status, heartbeatAt } of snapshots) {
        if (status !== 'pending' || heartbeatAt === undefined) continue;
        later = setTimeout(read, LOOK_AGAIN_MS);
        return;
      }
    },
    end() {
      isOpen = again = false;
      clearTimeout(later);
    },
  };
}

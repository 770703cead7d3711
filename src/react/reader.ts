import type { SnapshotInfo } from '../index.js';

/** How long what is pending is believed before it is looked at again, in ms. */
const LOOK_AGAIN_MS = 10_000;

export interface Reader {
  /** Reads soon. However often it is asked for meanwhile, it reads once. */
  read: () => void;
  /** That a heartbeat has run out changes nothing that is stored, so nobody tells: it has to be looked at. */
  lookAgainAt(snapshots: Iterable<SnapshotInfo>): void;
  end(): void;
}

/** Runs `ask` one at a time, so that what is shown is never older than what was shown before. */
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
    // One commit may be told in several ways.
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

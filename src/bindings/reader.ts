export interface Reader {
  /** Reads soon; further calls before that have no effect. */
  read: () => void;
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
    end() {
      isOpen = again = false;
    },
  };
}

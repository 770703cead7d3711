/** A time limit is split into so many timers: a computer that was asleep used up only one of them. */
const PIECES = 4;

/**
 * Rejects with the error from `late` if the work takes longer than `ms`; the work itself goes on, and is the caller's
 * concern. `follow` gets a function that restarts the time limit, to be called on progress.
 */
export async function within<T>(
  work: Promise<T>,
  ms: number,
  late: () => Error,
  follow?: (progress: () => void) => void,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const limit = new Promise<never>((_, reject) => {
    const wait = (pieces: number): void => {
      if (isOver) return;
      if (pieces === 0) return reject(late());
      clearTimeout(timer);
      timer = setTimeout(() => wait(pieces - 1), ms / PIECES);
    };
    wait(PIECES);
    follow?.(() => wait(PIECES));
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

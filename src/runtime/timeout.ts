/** A limit is waited for in so many pieces: a computer that slept through it has waited for one of them only. */
const PIECES = 4;

/**
 * Gives up on work that takes longer than `ms`; `late` makes the error. Whatever becomes of the work then is the
 * caller's to look after. `follow` gets a function that starts the time anew, to be called when there is some progress.
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

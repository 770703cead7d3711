/** A limit is waited for in so many pieces: a computer that slept through it has waited for one of them only. */
const PIECES = 4;

/**
 * Gives up on work that takes longer than `ms`, unless that is `Infinity`; `late` makes the error. Whatever becomes of the work then is the
 * caller's to look after.
 */
export async function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  if (ms === Infinity) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    const wait = (pieces: number): void => {
      if (pieces === 0) return reject(late());
      timer = setTimeout(() => wait(pieces - 1), ms / PIECES);
    };
    wait(PIECES);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The work's result; rejects with the signal's reason as soon as it is aborted, and leaves the work alone. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void;
  const aborted = new Promise<never>((_, reject) => (abort = () => reject(signal.reason as Error)));
  signal.addEventListener('abort', abort!);
  if (signal.aborted) abort!();
  work.catch(() => {});
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort!);
  }
}

/** A signal that is aborted with the first of several, until it is let go of. `AbortSignal.any` is younger than the engines we run in. */
export function eitherSignal(...signals: (AbortSignal | undefined)[]): {
  signal: AbortSignal;
  release: () => void;
} {
  const either = new AbortController();
  const all = signals.flatMap((signal) => signal ?? []);
  const follow = () => either.abort(all.find(({ aborted }) => aborted)?.reason);
  for (const signal of all) signal.addEventListener('abort', follow);
  if (all.some(({ aborted }) => aborted)) follow();
  return {
    signal: either.signal,
    release: () => {
      for (const signal of all) signal.removeEventListener('abort', follow);
    },
  };
}

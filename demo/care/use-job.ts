import { useEffect, useRef, useState } from 'react';

export interface JobProgress {
  done: number;
  /** Absent where nobody knows. */
  total?: number | undefined;
}

export type Job<T> =
  | { state: 'idle' }
  | { state: 'running'; progress: JobProgress }
  | { state: 'done'; result: T }
  | { state: 'cancelled' }
  | { state: 'failed'; error: unknown };

type Work<T> = (signal: AbortSignal, onProgress: (progress: JobProgress) => void) => Promise<T>;

/** Something that takes its time, says how far it has come, and ends with its component. */
export function useJob<T>(): { job: Job<T>; run: (work: Work<T>) => Promise<void>; cancel: () => void } {
  const [job, setJob] = useState<Job<T>>({ state: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const run = async (work: Work<T>) => {
    const end = (running.current = new AbortController());
    setJob({ state: 'running', progress: { done: 0 } });
    try {
      const result = await work(end.signal, (progress) => setJob({ state: 'running', progress }));
      setJob({ state: 'done', result });
    } catch (error) {
      setJob(end.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error });
    }
  };
  return { job, run, cancel: () => running.current?.abort() };
}

export { openThreads } from './open-threads.js';
export type {
  OpenThreadsOptions,
  SavedRun,
  ShownThread,
  ThreadInfo,
  Threads,
  ThreadsStore,
} from './threads.js';

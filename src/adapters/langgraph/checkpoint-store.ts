import type { IndexedDBSessionStore } from '../../index.js';

/** What of a store a saver uses. */
export type CheckpointStore = Pick<
  IndexedDBSessionStore<any>,
  'getSnapshot' | 'saveSnapshot' | 'getSession' | 'listSnapshots' | 'listSessions' | 'deleteSession'
>;

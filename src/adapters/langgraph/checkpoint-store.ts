import type { IndexedDBSessionStore } from '../../index.js';

/** The part of a store that a saver uses. */
export type CheckpointStore = Pick<
  IndexedDBSessionStore<any>,
  'getSnapshot' | 'saveSnapshot' | 'getSession' | 'listSnapshots' | 'listSessions' | 'deleteSession'
>;

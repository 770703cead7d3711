import type { IndexedDBSessionStore, SessionStore } from '../../index.js';

/** The part of a store that a saver uses. */
export type CheckpointStore = Pick<
  IndexedDBSessionStore<any>,
  'getSnapshot' | 'getSession' | 'listSnapshots' | 'listSessions' | 'deleteSession'
> &
  Pick<SessionStore<any>, 'saveSnapshot'>;

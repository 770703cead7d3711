import type { IndexedDBSessionStore, SessionStore } from '../../index.js';

/** The part of a store that threads need, so that a store with any type of `custom` fits. */
export type ThreadStore = Pick<
  IndexedDBSessionStore<any>,
  | 'getSnapshot'
  | 'getHead'
  | 'getTree'
  | 'getSession'
  | 'listSessions'
  | 'updateSession'
  | 'selectBranch'
  | 'deleteSession'
> &
  Pick<SessionStore<any>, 'saveSnapshot'>;

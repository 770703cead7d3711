import type { IndexedDBSessionStore } from '../../index.js';

/** The part of a store that keeping threads needs, so that a store of any `custom` state will do. */
export type ThreadStore = Pick<
  IndexedDBSessionStore<any>,
  | 'getSnapshot'
  | 'saveSnapshot'
  | 'getHead'
  | 'getTree'
  | 'getSession'
  | 'listSessions'
  | 'updateSession'
  | 'selectBranch'
  | 'deleteSession'
>;

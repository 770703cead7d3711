import type { IndexedDBSessionStore } from '../../src/index.js';

/** What a store and its model are compared by. Neither is told of the other. */
export type StoreApi = Pick<
  IndexedDBSessionStore<any>,
  | 'getSnapshot'
  | 'listSessions'
  | 'getSession'
  | 'updateSession'
  | 'listSnapshots'
  | 'getHistory'
  | 'getTree'
  | 'getLeaves'
  | 'selectBranch'
  | 'getHead'
  | 'deleteSnapshot'
  | 'deleteSession'
  | 'clear'
>;

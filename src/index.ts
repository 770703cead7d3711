export type * from './contract/message.js';
export type * from './contract/snapshot.js';
export type * from './contract/session.js';
export type * from './contract/check.js';
export type * from './contract/health.js';
export type * from './contract/storage.js';
export { SessionStoreError, type StatusName } from './errors.js';
export { IndexedDBSessionStore } from './store/indexeddb-session-store.js';
export type { IndexedDBSessionStoreOptions } from './store/options.js';

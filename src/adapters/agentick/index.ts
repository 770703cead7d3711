export { OffshootSessionStore } from './offshoot-session-store.js';
export type { OffshootSessionStoreOptions, SessionSnapshot, SessionStore } from './contract.js';

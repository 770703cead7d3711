export type { QueryResult } from '../bindings/live-query.js';
export type { SessionListControls, SessionListOptions } from '../bindings/queries.js';
export { branchesIn, type SessionReader, type SessionView } from '../bindings/session-source.js';
export type { SessionsReader, SessionsView } from '../bindings/sessions-source.js';
export type { SnapshotReader } from '../bindings/snapshot-source.js';
export { getSessionStore, setSessionStore } from './context.js';
export { liveSession, liveSessions, liveSnapshot, type Live } from './live-stores.js';

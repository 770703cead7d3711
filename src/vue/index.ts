export type { SessionListControls, SessionListOptions } from '../bindings/queries.js';
export { branchesIn, type SessionReader, type SessionView } from '../bindings/session-source.js';
export type { SessionsReader, SessionsView } from '../bindings/sessions-source.js';
export type { SnapshotReader } from '../bindings/snapshot-source.js';
export { useSession, useSessions, useSnapshot } from './composables.js';
export type { LiveRefs } from './live-refs.js';
export { provideSessionStore, useSessionStore } from './provide.js';

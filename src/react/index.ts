// For server components: everything below runs in the browser.
'use client';

export type { QueryResult } from '../bindings/live-query.js';
export type { SessionListControls, SessionListOptions as UseSessionsOptions } from '../bindings/queries.js';
export { branchesIn, type SessionReader, type SessionView } from '../bindings/session-source.js';
export type { SessionsReader, SessionsView } from '../bindings/sessions-source.js';
export type { SnapshotReader } from '../bindings/snapshot-source.js';
export { useSession, useSessions, useSnapshot } from './hooks.js';
export { SessionStoreProvider, useSessionStore, type SessionStoreProviderProps } from './provider.js';
export { suspend } from './suspend.js';
export { useSync } from './use-sync.js';

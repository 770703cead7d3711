// For server components: everything below runs in the browser.
'use client';

export { useSession, useSessions, useSnapshot } from './hooks.js';
export type { SessionListControls, UseSessionsOptions } from './hooks.js';
export type { QueryResult } from './live-query.js';
export { SessionStoreProvider, useSessionStore, type SessionStoreProviderProps } from './provider.js';
export type { SessionReader, SessionView } from './session-source.js';
export type { SessionsReader, SessionsView } from './sessions-source.js';
export type { SnapshotReader } from './snapshot-source.js';
export { suspend } from './suspend.js';

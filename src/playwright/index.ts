export { sessionStoreFixtures, type SessionStoreFixtures } from './fixtures.js';
export { PageSessionStore } from './page-session-store.js';
export type { PageSessionStoreOptions } from './arguments.js';
export type { SessionSeed, SnapshotSeed, TurnSeed } from './seed.js';
export type { Passphrase, TabStoreOptions } from './tab-store-options.js';
export type { SnapshotCondition, WaitOptions } from './condition.js';
export { forgetMissingDatabases } from './missing-databases.js';

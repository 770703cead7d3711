export { createSyncHandler } from './handler.js';
export type { SyncHandlerOptions } from './options.js';
export type { PoolDatabase, PostgresDatabase, SyncDatabase, TransactingDatabase } from './database/driver.js';
export { migrate } from './database/migrate.js';
export { deleteTenant } from './tenant/delete-tenant.js';
export { exportTenant } from './tenant/export-tenant.js';
export type { Limits } from '../sync/protocol/index.js';
export { SessionStoreError } from '../errors.js';

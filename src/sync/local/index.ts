export { openLocalSync, requireSyncable } from './open.js';
export type * from './local-sync.js';
export type { SyncEvent } from './events.js';

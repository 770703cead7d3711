export { openLocalSync, requireSyncable } from './open.js';
export type { Behind, Collected, LocalSync, Outcome, SyncEvent } from './local-sync.js';

import type { RoomReport } from '../errors.js';

/** What `store.storage()` reports. */
export interface StorageReport extends RoomReport {
  /** Whether the browser has agreed not to evict the origin's storage; absent if it does not tell. */
  persisted?: boolean;
  /** The number of all snapshots, those without a session included. */
  snapshots: number;
}

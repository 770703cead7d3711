import type { RoomReport } from '../errors.js';

/** What `store.storage()` reports. */
export interface StorageReport extends RoomReport {
  /** Whether the browser has promised not to delete it by itself; absent where it does not say. */
  persisted?: boolean;
  /** The number of snapshots in all sessions, and in none. */
  snapshots: number;
}

import { useSyncExternalStore } from 'react';
import type { SyncHandle, SyncStatus } from '../sync/index.js';

const ON_SERVER: SyncStatus = { state: 'stopped', queued: { rows: 0, bytes: 0 } };
const onServer = () => ON_SERVER;
const never = () => () => {};

/** What syncing is at, live; `stopped` on the server, and while there is no handle yet. */
export function useSync(sync: SyncHandle | null | undefined): SyncStatus {
  return useSyncExternalStore(
    sync ? (changed) => sync.onStatus(changed) : never,
    sync ? () => sync.status : onServer,
    onServer,
  );
}

import type { IndexedDBSessionStore } from '../index.js';
import { taken } from '../values/arguments.js';
import { anything, callable, nonBlank, optional, satisfying } from '../values/schema.js';
import { Sync, type SyncHandle } from './engine/handle.js';
import { openLocalSync, requireSyncable } from './local/index.js';
import type { WireOptions } from './wire/requests.js';

export type { SyncHandle, SignOutOptions } from './engine/handle.js';
export type { SyncState, SyncStatus } from './engine/status.js';
export type { SyncEvent } from './local/events.js';
export type { HeadersCallback } from './wire/requests.js';
export type { Fetch } from '../platform/network.js';

export interface SyncOptions extends WireOptions {
  /** Finds the tenant of a store with `snapshotPathPrefix`, as in every other call. */
  context?: Record<string, any> | undefined;
  /** `null`: the server may read what is stored, although it is encrypted on this device. */
  key?: null | undefined;
}

const shape = {
  url: nonBlank,
  fetch: optional(callable),
  headers: optional(
    satisfying(
      (headers) => typeof headers === 'function' || typeof headers === 'object',
      'headers, or a function that returns them',
    ),
  ),
  context: anything,
  key: optional(satisfying((key) => key === null, 'null, or no key at all')),
};

/**
 * Keeps a store's sessions the same on all devices of a person, by way of the server at `url` (`offshoot/server`). Saves never wait
 * for it. Begins at once, and goes on until `stop()`, in one tab for all. What it has to report is in `status` and in events;
 * only these throw: wrong options, with `INVALID_ARGUMENT`, and a store with `rejectBranchingSessions`, with `FAILED_PRECONDITION`.
 */
export function syncSessions(store: IndexedDBSessionStore<any>, options: SyncOptions): SyncHandle {
  const { context, key, ...wire } = taken(shape, options);
  const call = context && { context };
  requireSyncable(store, call);
  return new Sync(() => openLocalSync(store, call), wire, key);
}

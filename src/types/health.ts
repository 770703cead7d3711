import type { RoomReport } from '../errors.js';
import type { RetentionReport } from './retention.js';

/** What an application should tell its user about a store's database. */
export type HealthEvent =
  /** A newer Offshoot, in another tab, has changed the database. This tab can no longer use it: reload the page. */
  | { type: 'outdated'; database: string }
  /** Other tabs hold an older database open that this one has to change or delete: close them. */
  | { type: 'blocked'; database: string }
  /**
   * All that had been saved is gone: the browser, or its user, deleted it. The store goes on with an empty one.
   * Also told where `localStorage` came without IndexedDB, as by Playwright's `storageState()`: see docs/playwright.md.
   */
  | { type: 'wiped'; database: string }
  /** The last saves are gone, as after a power cut: the browser went back to an earlier state of the database. */
  | { type: 'rolled-back'; database: string }
  /** The disk or the quota is full: nothing can be saved until something is deleted. */
  | ({ type: 'quota'; database: string } & RoomReport)
  /** The retention policy has deleted something. */
  | ({ type: 'freed'; database: string } & RetentionReport)
  /** The database cannot be opened. It was left as it is; everything goes to `replacement` until the page is closed. */
  | { type: 'failover'; database: string; replacement: string }
  /**
   * The database can be opened again. What was saved while it could not lies in `replacement`: that is the database of a
   * store with `.replacement` after its `name`, and the same tenant. This is told until it is deleted.
   */
  | { type: 'recovered'; database: string; replacement: string }
  /** There is no IndexedDB here: what is saved is gone when the page is closed. */
  | { type: 'memory-only'; database: string }
  /**
   * What Offshoot does by itself cannot be done for now, because the file with it cannot be loaded: the device is
   * offline, a new release has replaced the file, or this is a service worker, which may load nothing later. Told once
   * for each part, and tried again from time to time. Reload the page.
   */
  | { type: 'unloaded'; database: string; part: UnloadedPart };

/** Applying the retention policy, gathering small rows, and making room or reporting how much there is on a full disk. */
export type UnloadedPart = 'retention' | 'compaction' | 'room';

/** What `onQuotaExceeded` is called with. */
export interface QuotaExceeded extends RoomReport {
  database: string;
  /**
   * Deletes sessions; resolves to the number of snapshots deleted. Use this and not the store's own methods, which
   * wait for the very save that there is no room for.
   */
  free(sessionIds: readonly string[]): Promise<number>;
}

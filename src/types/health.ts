import type { RoomReport } from '../errors.js';
import type { RetentionReport } from './retention.js';

/** What an application should tell its user about a store's database. */
export type HealthEvent =
  /** A newer Offshoot, in another tab, has changed the database. This tab can no longer use it: reload the page. */
  | { type: 'outdated'; database: string }
  /** Other tabs have held an older database open for 250 ms that this one has to change or delete: close them. */
  | { type: 'blocked'; database: string }
  /**
   * Everything that had been saved is gone: the browser, or its user, deleted it. The store continues with an empty
   * database. Also reported where `localStorage` was restored without IndexedDB, as by Playwright's `storageState()`:
   * see docs/playwright.md.
   */
  | { type: 'wiped'; database: string }
  /** The last saves are gone, as after a power cut: the browser restored an earlier state of the database. */
  | { type: 'rolled-back'; database: string }
  /** The disk or the quota is full: nothing can be saved until something is deleted. */
  | ({ type: 'quota'; database: string } & RoomReport)
  /** The retention policy has deleted something. */
  | ({ type: 'freed'; database: string } & RetentionReport)
  /** The database cannot be opened. It was left as it is; everything goes to `replacement` until the page is closed. */
  | { type: 'failover'; database: string; replacement: string }
  /**
   * The database can be opened again. What was saved meanwhile is in `replacement`: that is the database of a store
   * with `.replacement` after its `name`, and the same tenant. Reported until that is deleted.
   */
  | { type: 'recovered'; database: string; replacement: string }
  /**
   * Other keys of encryption are needed than before, as after a change of passphrase in any tab; `isEncrypted`: whether what
   * is saved now is encrypted. As long as `isChanging`, rows may be left under the keys before, or unencrypted: `rekey()` has
   * yet to end. A store without the new key gets `PERMISSION_DENIED` from its calls: ask for the passphrase, or reload the page.
   */
  | { type: 'keys'; database: string; isEncrypted: boolean; isChanging: boolean }
  /** There is no IndexedDB here: everything saved is lost when the page is closed. */
  | { type: 'memory-only'; database: string }
  /**
   * Background work is not done for now, because its code cannot be loaded: the device is offline, a new release has
   * replaced the file, or this is a service worker, which cannot load code later. Reported once for each part; loading
   * is retried from time to time. Reload the page, precache the file, or import from `offshoot/all`.
   */
  | { type: 'unloaded'; database: string; part: UnloadedPart };

/**
 * What `probeKey` finds out about a database: nothing was saved in it yet (`empty`), it is not encrypted (`plain`), the key
 * opens it, it is encrypted with another key, or the key is right and rows are left that need a further one, as while
 * `rekey()` has not ended.
 */
export type KeyProbe = 'empty' | 'plain' | 'opens' | 'other-key' | 'further-key';

/**
 * Applying the retention policy, compaction, deleting for good what was deleted and can no longer be restored, and making
 * room or reporting usage on a full disk.
 */
export type UnloadedPart = 'retention' | 'compaction' | 'purging' | 'room';

/** What `onQuotaExceeded` is called with. */
export interface QuotaExceeded extends RoomReport {
  database: string;
  /**
   * Deletes sessions; resolves to the number of snapshots deleted. Use this instead of the store's own methods, which
   * wait for the save that finds no room.
   */
  free(sessionIds: readonly string[]): Promise<number>;
}

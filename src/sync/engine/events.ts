import type { SyncEvent as LocalEvent } from '../local/local-sync.js';

/** What syncing had to do that a person may want to know. Ids that were on the screen may be others now. */
export type SyncEvent =
  | LocalEvent
  /** The server does not take a row. It is kept, and sent again later; `message` says why. */
  | { type: 'refused'; code: string; message: string; sessionId?: string; snapshotId?: string };

/**
 * What syncing had to do that a person may want to know. Ids that were on the screen may be others now.
 *
 * - `renamed`: two devices wrote the same snapshot; this device's version is kept as a branch of its own, under `id`.
 * - `session-renamed`: two devices began sessions under one id; this device's goes on under `id`.
 * - `rescued`: another device deleted the session while this one wrote in it; what was written here is in the new session `id`.
 * - `field-lost`: a later edit of the title, of metadata or of the selection won; `value` is what was lost here.
 * - `deleted`: another device deleted a session, or a snapshot of it.
 * - `lost`: the server was restored from a backup, and this session was nowhere but on it.
 * - `refused`: the server does not take a row; it is kept and sent again later. `message` says why.
 */
export type SyncEvent =
  | { type: 'renamed'; sessionId: string; snapshotId: string; id: string }
  | { type: 'session-renamed'; sessionId: string; id: string }
  | { type: 'rescued'; sessionId: string; id: string; snapshots: Record<string, string> }
  | { type: 'field-lost'; sessionId: string; field: string; value?: unknown }
  | { type: 'deleted'; sessionId: string; snapshotId?: string }
  | { type: 'lost'; sessionId: string }
  | { type: 'refused'; sessionId?: string; snapshotId?: string; code: string; message: string };

import type { CheckpointStore } from './checkpoint-store.js';

/** Up to this age, in ms, a checkpoint counts as new, rather than copied from elsewhere. */
const JUST_NOW_MS = 10_000;

/**
 * The `createdAt` of a checkpoint's snapshot. A new checkpoint is the newest of its thread, even after the clock was
 * set back; a copied one, in any order, keeps its own time.
 */
export async function savedAt(store: CheckpointStore, threadId: string, madeAt: string): Promise<string> {
  const madeMs = Date.parse(madeAt);
  if (Math.abs(Date.now() - madeMs) > JUST_NOW_MS) return madeAt;
  const session = await store.getSession(threadId);
  return new Date(Math.max(madeMs, session ? Date.parse(session.updatedAt) + 1 : 0)).toISOString();
}

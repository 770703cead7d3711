import type { CheckpointStore } from './checkpoint-store.js';

/** How old a checkpoint may be, in ms, to have been made just now, instead of copied from elsewhere. */
const JUST_NOW_MS = 10_000;

/**
 * The time under which a checkpoint is found. What was made just now is the newest of its thread, also after the clock
 * was set back; what is copied from elsewhere, in whatever order, keeps its place.
 */
export async function savedAt(store: CheckpointStore, threadId: string, madeAt: string): Promise<string> {
  const madeMs = Date.parse(madeAt);
  if (Math.abs(Date.now() - madeMs) > JUST_NOW_MS) return madeAt;
  const session = await store.getSession(threadId);
  return new Date(Math.max(madeMs, session ? Date.parse(session.updatedAt) + 1 : 0)).toISOString();
}

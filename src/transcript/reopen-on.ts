import type { TranscriptStore } from './store.js';

/**
 * Has the session reopen on a snapshot that was just saved. Without a selection it does so by itself, as the latest
 * leaf; a selection moves along with what continues it, and has to be moved to what does not.
 */
export async function reopenOn(store: TranscriptStore, sessionId: string, snapshotId: string): Promise<void> {
  const session = await store.getSession(sessionId);
  const selected = session?.selectedSnapshotId;
  if (selected !== undefined && selected !== snapshotId) await store.selectBranch(snapshotId);
}

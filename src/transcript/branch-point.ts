import type { SessionSnapshot } from '../index.js';
import { continues, messagesOf } from './messages.js';
import type { TranscriptMessage, TranscriptStore } from './store.js';

/**
 * The nearest snapshot, from this one up, whose messages a transcript begins with: what it is a continuation of.
 * `undefined` if there is none, because the first message changed or everything was deleted.
 */
export async function branchPoint(
  store: TranscriptStore,
  snapshotId: string | undefined,
  transcript: readonly TranscriptMessage[],
): Promise<SessionSnapshot | undefined> {
  const visited = new Set<string>();
  let id = snapshotId;
  while (id !== undefined && !visited.has(id)) {
    visited.add(id);
    const snapshot = await store.getSnapshot({ snapshotId: id });
    if (!snapshot || continues(transcript, messagesOf(snapshot))) return snapshot;
    id = snapshot.parentId;
  }
  return undefined;
}

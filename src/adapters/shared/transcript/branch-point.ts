import type { SessionSnapshot } from '../../../index.js';
import { continues, messagesOf } from './messages.js';
import type { TranscriptMessage, TranscriptStore } from './store.js';

/**
 * How many snapshots are checked one by one before the binary search: usually it is the snapshot itself, or its parent.
 */
const NEAREST = 2;

/**
 * The nearest snapshot, from this one up, whose messages a transcript begins with. `undefined` if there is none,
 * because the first message changed or everything was deleted.
 *
 * Loads few states even of long histories: as long as each list begins with its parent's, a binary search finds the
 * last one that the transcript begins with. If a loaded list does not, since messages were dropped or summarised, all
 * are checked.
 */
export async function branchPoint(
  store: TranscriptStore,
  snapshotId: string | undefined,
  transcript: readonly TranscriptMessage[],
): Promise<SessionSnapshot | undefined> {
  const visited = new Set<string>();
  let id = snapshotId;
  while (id !== undefined && !visited.has(id)) {
    if (visited.size === NEAREST) {
      const found = await search(store, id, transcript);
      if (found) return found.snapshot;
    }
    visited.add(id);
    const snapshot = await store.getSnapshot({ snapshotId: id });
    if (!snapshot || continues(transcript, messagesOf(snapshot))) return snapshot;
    id = snapshot.parentId;
  }
  return undefined;
}

/** The binary search; `undefined` if it cannot decide. */
async function search(
  store: TranscriptStore,
  snapshotId: string,
  transcript: readonly TranscriptMessage[],
): Promise<{ snapshot: SessionSnapshot | undefined } | undefined> {
  try {
    const upwards = (await store.getHistory(snapshotId)).reverse();
    const loaded = new Map<number, SessionSnapshot>();
    const matches = async (index: number) => {
      const { snapshotId } = upwards[index]!;
      const snapshot = (await store.getSnapshot({ snapshotId }))!;
      loaded.set(index, snapshot);
      return continues(transcript, messagesOf(snapshot));
    };
    const last = upwards.length - 1;
    let no = -1;
    let yes = 0;
    while (yes <= last && !(await matches(yes))) {
      no = yes;
      yes = yes < last ? Math.min(2 * yes + 1, last) : last + 1;
    }
    while (yes - no > 1) {
      const middle = (no + yes) >> 1;
      if (await matches(middle)) yes = middle;
      else no = middle;
    }
    return isOneConversation(loaded) ? { snapshot: loaded.get(yes) } : undefined;
  } catch {
    // A snapshot was deleted meanwhile, or is unreadable; the linear search may not need it.
    return undefined;
  }
}

/** Whether each list begins with those of its ancestors. */
function isOneConversation(loaded: ReadonlyMap<number, SessionSnapshot>): boolean {
  const lists = [...loaded].sort(([a], [b]) => a - b).map(([, snapshot]) => messagesOf(snapshot));
  return lists.every((list, index) => index === 0 || continues(lists[index - 1]!, list));
}

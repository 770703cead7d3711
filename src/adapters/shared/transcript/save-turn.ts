import type { SessionSnapshot } from '../../../index.js';
import type { TranscriptStore } from './store.js';

type Turn = Omit<SessionSnapshot, 'snapshotId' | 'createdAt'> & { sessionId: string };

/**
 * Saves a turn, on which its session reopens from now. Without a selection that is the latest leaf, so what is saved
 * last never looks older than where the session was, though clocks are set back, or differ from tab to tab. A selection
 * moves along with what continues it, and has to be moved to what does not.
 */
export async function saveTurn(
  store: Pick<TranscriptStore, 'getHead' | 'saveSnapshot' | 'getSession' | 'selectBranch'>,
  turn: Turn,
): Promise<SessionSnapshot> {
  const { sessionId } = turn;
  const createdAt = new Date(Math.max(Date.now(), await headMs(store, sessionId))).toISOString();
  const snapshot = { ...turn, createdAt };
  const snapshotId = (await store.saveSnapshot(undefined, () => snapshot))!;
  const selected = (await store.getSession(sessionId))?.selectedSnapshotId;
  if (selected !== undefined && selected !== snapshotId) await store.selectBranch(snapshotId);
  return { ...snapshot, snapshotId };
}

/** When the snapshot was made that the session would reopen on; one that cannot be read keeps nobody from going on. */
async function headMs(store: Pick<TranscriptStore, 'getHead'>, sessionId: string): Promise<number> {
  const head = await store.getHead(sessionId).catch(() => undefined);
  return head ? Date.parse(head.createdAt) : 0;
}

/** The time of a change to a snapshot that is there: after it was made, whatever the clock says. */
export const changedAt = ({ createdAt }: SessionSnapshot): string =>
  new Date(Math.max(Date.now(), Date.parse(createdAt) + 1)).toISOString();

import type { SessionSnapshot } from '../../../index.js';
import type { TranscriptStore } from './store.js';

type Turn = Omit<SessionSnapshot, 'snapshotId' | 'createdAt'> & { sessionId: string };

/**
 * Saves a turn, and makes its session reopen on it. Without a selection that is the latest leaf, so `createdAt` is
 * never before the head's, even if clocks were set back or differ between tabs. A selection moves to its child by
 * itself; otherwise it is moved.
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

/** When the session's head was created; an unreadable head is ignored. */
async function headMs(store: Pick<TranscriptStore, 'getHead'>, sessionId: string): Promise<number> {
  const head = await store.getHead(sessionId).catch(() => undefined);
  return head ? Date.parse(head.createdAt) : 0;
}

/** The time of a change to a stored snapshot: after its creation, whatever the clock says. */
export const changedAt = ({ createdAt }: SessionSnapshot): string =>
  new Date(Math.max(Date.now(), Date.parse(createdAt) + 1)).toISOString();

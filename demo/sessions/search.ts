import type { SessionInfo } from 'offshoot';
import type { DemoStore } from '../store/store.js';
import { messagesOf, textOf } from '../turns/content.js';
import { allSessions } from './all-sessions.js';
import { findText, needleOf, type Found } from './find-text.js';
import { isDeleted } from './marks.js';

/** A read waits for the database most of the time. */
const READS_AT_ONCE = 8;

export interface Match {
  session: SessionInfo;
  /** The latest branch whose text has it; none if the title has it. */
  snapshotId?: string;
  found: Found;
}

export interface SearchListener {
  found: (match: Match) => void;
  progress: (searched: number, total: number) => void;
}

/** All titles first, then the text of every branch, the latest chats first. Ends early when the signal is aborted. */
export async function search(
  store: DemoStore,
  query: string,
  signal: AbortSignal,
  listener: SearchListener,
): Promise<void> {
  const needle = needleOf(query);
  const sessions: SessionInfo[] = [];
  for await (const page of allSessions(store)) {
    if (signal.aborted) return;
    for (const session of page) if (!isDeleted(session)) sessions.push(session);
    listener.progress(0, sessions.length);
    for (const session of page) {
      const found = findText(session.title ?? '', needle);
      if (found && !isDeleted(session)) listener.found({ session, found });
    }
  }
  let next = 0;
  let searched = 0;
  const reader = async () => {
    for (let session = sessions[next++]; session && !signal.aborted; session = sessions[next++]) {
      const match = needle.test(session.title ?? '') ? undefined : await searchIn(store, session, needle);
      if (signal.aborted) return;
      if (match) listener.found(match);
      listener.progress(++searched, sessions.length);
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, reader));
}

async function searchIn(store: DemoStore, session: SessionInfo, needle: RegExp): Promise<Match | undefined> {
  const { sessionId } = session;
  // Of most chats one read is enough.
  const leaves = session.snapshotCount === 1 ? [undefined] : await store.getLeaves(sessionId);
  for (const leaf of leaves) {
    const snapshot = await store.getSnapshot(leaf ? { snapshotId: leaf.snapshotId } : { sessionId });
    for (const message of messagesOf(snapshot)) {
      const found = findText(textOf(message), needle);
      if (found) return { session, snapshotId: snapshot!.snapshotId, found };
    }
  }
  return undefined;
}

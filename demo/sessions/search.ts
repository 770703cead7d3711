import type { Hit, SessionInfo } from 'offshoot';
import type { DemoStore } from '../store/store.js';

export interface Match {
  session: SessionInfo;
  /** The snapshot that brought what was found; none if the title has it. */
  snapshotId?: string;
  excerpt: Hit['excerpt'];
}

export interface SearchListener {
  found: (match: Match) => void;
  progress: (searched: number, total: number) => void;
}

/** All titles first, then the text of every branch, the latest first. Ends early when the signal is aborted. */
export async function search(
  store: DemoStore,
  query: string,
  signal: AbortSignal,
  { found, progress }: SearchListener,
): Promise<void> {
  const sessions = new Map<string, SessionInfo>();
  const isFound = new Set<string>();
  const words = fold(query).trim().split(/\s+/);
  let cursor: string | undefined;
  do {
    const page = await store.listSessions({ limit: 1000, cursor });
    signal.throwIfAborted();
    for (const session of page.sessions) {
      sessions.set(session.sessionId, session);
      if (!words.every((word) => fold(session.title ?? '').includes(word))) continue;
      isFound.add(session.sessionId);
      found({ session, excerpt: inTitle(session.title!, words) });
    }
    progress(0, sessions.size);
    cursor = page.cursor;
  } while (cursor !== undefined);

  let searched = 0;
  // What is found first is shown as soon as possible, and more of it at once then.
  let limit = 1;
  do {
    const page = await store.searchText(query, {
      limit,
      cursor,
      signal,
      onProgress: ({ done, total }) => progress((searched = Math.max(searched, done)), total),
    });
    for (const { sessionId, snapshotId, excerpt } of page.hits) {
      if (isFound.has(sessionId)) continue;
      isFound.add(sessionId);
      const session = sessions.get(sessionId) ?? (await store.getSession(sessionId));
      if (session) found({ session, snapshotId, excerpt });
    }
    cursor = page.cursor;
    limit = Math.min(1000, limit * 10);
  } while (cursor !== undefined);
}

/** As texts are compared, more or less. */
const fold = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

function inTitle(text: string, words: readonly string[]): Match['excerpt'] {
  const ranges = words.flatMap((word): [number, number][] => {
    const at = text.toLowerCase().indexOf(word);
    return at < 0 ? [] : [[at, at + word.length]];
  });
  return { text, ranges: ranges.sort(([a], [b]) => a - b) };
}

import type { IndexedDBSessionStore, SessionInfo, SessionSnapshot, SessionTree } from 'offshoot';
import { coalesce } from './coalesce.js';
import { textOf } from './model.js';
import { pathTo } from './paths.js';

/** What one snapshot adds to its conversation. */
export interface Turn {
  prompt: string;
  answer: string;
}

/** A session as the page shows it. `info` is missing until its first turn is saved. */
export interface OpenSession {
  sessionId: string;
  info: SessionInfo | undefined;
  tree: SessionTree;
  turns: ReadonlyMap<string, Turn>;
}

interface Listener {
  changed(session: OpenSession): void;
  deleted(): void;
  failed(error: unknown): void;
}

/** Keeps a session up to date, whichever tab changes it, until it is closed. */
export function openSession(
  store: IndexedDBSessionStore,
  sessionId: string,
  on: Listener,
): { refresh: () => Promise<void>; close: () => void } {
  const turns = new Map<string, Turn>();
  let shown: OpenSession | undefined;
  let watched: { id: string | undefined; end: () => void } | undefined;
  let closed = false;

  /** A state holds every message up to its snapshot, and each turn added two. */
  const remember = (tree: SessionTree, { snapshotId, state }: SessionSnapshot) => {
    const messages = [...(state?.messages ?? [])];
    for (const id of pathTo(tree, snapshotId).reverse()) {
      const [prompt, answer] = messages.splice(-2);
      turns.set(id, { prompt: textOf(prompt), answer: textOf(answer) });
    }
  };

  /** Together the leaves hold the messages of the whole tree. */
  const readLeaves = async (tree: SessionTree) => {
    const unread = tree.leaves.filter((id) => !turns.has(id));
    const leaves = await Promise.all(unread.map((snapshotId) => store.getSnapshot({ snapshotId })));
    for (const leaf of leaves) if (leaf) remember(tree, leaf);
  };

  const watchHead = (id: string | undefined) => {
    if (watched?.id === id) return;
    watched?.end();
    const end = id === undefined ? () => {} : store.onSnapshotStateChange(id, headWritten);
    watched = { id, end };
  };

  const headWritten = (snapshot: SessionSnapshot) => {
    if (closed || !shown) return;
    remember(shown.tree, snapshot);
    on.changed(shown);
  };

  const refresh = coalesce(async () => {
    try {
      const [info, tree] = await Promise.all([store.getSession(sessionId), store.getTree(sessionId)]);
      await readLeaves(tree);
      if (closed) return;
      shown = { sessionId, info, tree, turns };
      watchHead(tree.headId);
      on.changed(shown);
    } catch (error) {
      if (!closed) on.failed(error);
    }
  });

  const endWatch = store.onSessionChange(sessionId, ({ type }) => {
    if (type === 'deleted') on.deleted();
    else void refresh();
  });
  void refresh();
  return {
    refresh,
    close() {
      closed = true;
      endWatch();
      watched?.end();
    },
  };
}

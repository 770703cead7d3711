import type {
  Branches,
  IndexedDBSessionStore,
  SessionInfo,
  SessionStoreOptions,
  SessionTree,
  SnapshotNode,
} from '../index.js';
import { branchesIn } from '../session/branches.js';
import type { Observer, Source } from './live-query.js';
import { readerOf } from './reader.js';
import { kept, same } from './same.js';

export { branchesIn };

/** The part of a store that a live session uses. */
export type SessionReader = Pick<
  IndexedDBSessionStore,
  'getSession' | 'getTree' | 'onSessionChange' | 'onSnapshotStateChange'
>;

/** A session as a page shows it. Unchanged parts are the same objects as before. */
export interface SessionView {
  sessionId: string;
  /** `undefined` until its first snapshot is saved. */
  session: SessionInfo | undefined;
  tree: SessionTree;
  /** Snapshots without children, newest first: one per branch. */
  leaves: readonly SnapshotNode[];
  /** The snapshot that the session reopens on: the selected one, otherwise the latest leaf. */
  head: SnapshotNode | undefined;
  /** Where the head stands, and which snapshot brought each of its messages: what arrows between branches need. */
  branches: Branches;
}

export function sessionSource(
  store: SessionReader,
  sessionId: string,
  options: SessionStoreOptions,
  observer: Observer<SessionView>,
): Source {
  let shown: SessionView | undefined;
  const pending = new Map<string, () => void>();

  const reader = readerOf(
    () => Promise.all([store.getSession(sessionId, options), store.getTree(sessionId, options)]),
    ([session, tree]) => {
      shown = viewOf(sessionId, session, tree, shown);
      observer.data(shown);
      watchPending(tree);
    },
    observer.failed,
  );

  /** That a pending snapshot's worker is dead is not stored, and told only to those who watch the snapshot. */
  function watchPending({ nodes }: SessionTree): void {
    const ids = new Set(
      [...nodes.values()].flatMap((node) => (node.status === 'pending' ? node.snapshotId : [])),
    );
    for (const [id, end] of pending) {
      if (ids.has(id)) continue;
      end();
      pending.delete(id);
    }
    for (const id of ids) {
      if (pending.has(id)) continue;
      const end = store.onSnapshotStateChange(
        id,
        ({ status }) => status === 'expired' && reader.read(),
        options,
      );
      pending.set(id, end);
    }
  }

  const end = store.onSessionChange(sessionId, reader.read, options);
  reader.read();
  return {
    reload: reader.read,
    end() {
      reader.end();
      end();
      for (const endOne of pending.values()) endOne();
    },
  };
}

function viewOf(
  sessionId: string,
  session: SessionInfo | undefined,
  tree: SessionTree,
  before: SessionView | undefined,
): SessionView {
  if (!before) return assemble(sessionId, session, tree);
  const nodes = new Map([...tree.nodes].map(([id, node]) => [id, kept(before.tree.nodes.get(id), node)]));
  const isSame =
    nodes.size === before.tree.nodes.size &&
    [...nodes].every(([id, node]) => before.tree.nodes.get(id) === node) &&
    same({ ...tree, nodes: 0 }, { ...before.tree, nodes: 0 });
  const info = kept(before.session, session);
  if (isSame && info === before.session) return before;
  const view = assemble(sessionId, info, isSame ? before.tree : { ...tree, nodes });
  return isSame ? { ...view, leaves: before.leaves, branches: before.branches } : view;
}

function assemble(sessionId: string, session: SessionInfo | undefined, tree: SessionTree): SessionView {
  const leaves = tree.leaves.map((id) => tree.nodes.get(id)!);
  const head = tree.headId === undefined ? undefined : tree.nodes.get(tree.headId);
  return { sessionId, session, tree, leaves, head, branches: branchesIn(tree) };
}

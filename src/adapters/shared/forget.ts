import { SessionStoreError, type SessionTree } from '../../index.js';
import type { AnyStore } from './arguments.js';

/**
 * Deletes snapshots from the middle of a session's tree. Their children continue the nearest ancestor that stays. A
 * snapshot that another tab has continued meanwhile stays, unless `evenContinued`, which is much faster and deletes its
 * subtree too.
 */
export async function forget(
  store: AnyStore,
  tree: SessionTree,
  ids: ReadonlySet<string>,
  evenContinued = false,
): Promise<void> {
  for (const { snapshotId, parentId } of tree.nodes.values()) {
    if (ids.has(snapshotId) || parentId === undefined || !ids.has(parentId)) continue;
    const nearest = remainingAncestor(tree, parentId, ids);
    await store.saveSnapshot(snapshotId, (current) => {
      if (current?.parentId !== parentId) return null;
      const { parentId: _, ...rest } = current;
      return nearest === undefined ? rest : { ...rest, parentId: nearest };
    });
  }
  const roots = [...ids].filter((id) => tree.nodes.has(id) && !ids.has(tree.nodes.get(id)!.parentId ?? ''));
  if (evenContinued) {
    for (const id of roots) await store.deleteSnapshot(id, { subtree: true });
    return;
  }
  for (const id of childrenFirst(tree, ids, roots)) {
    try {
      await store.deleteSnapshot(id);
    } catch (error) {
      if (!(error instanceof SessionStoreError) || error.status !== 'FAILED_PRECONDITION') throw error;
    }
  }
}

function remainingAncestor({ nodes }: SessionTree, id: string, ids: ReadonlySet<string>): string | undefined {
  let nearest: string | undefined = id;
  // Snapshots of another program may form a cycle.
  for (let steps = 0; nearest !== undefined && ids.has(nearest); steps++) {
    if (steps > ids.size) return undefined;
    nearest = nodes.get(nearest)?.parentId;
  }
  return nearest;
}

/** A snapshot with children cannot be deleted, so children come first. */
function childrenFirst({ nodes }: SessionTree, ids: ReadonlySet<string>, roots: string[]): string[] {
  const order = [...roots];
  // The loop also visits what it adds, one generation after the other.
  for (const id of order) {
    for (const child of nodes.get(id)!.children) if (ids.has(child)) order.push(child);
  }
  return order.reverse();
}

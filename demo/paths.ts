import type { SessionTree } from 'offshoot';

/** Ids from the root down to the snapshot. */
export function pathTo(tree: SessionTree, id: string | undefined): string[] {
  const path = new Set<string>();
  let node = id === undefined ? undefined : tree.nodes.get(id);
  while (node && !path.has(node.snapshotId)) {
    path.add(node.snapshotId);
    node = node.parentId === undefined ? undefined : tree.nodes.get(node.parentId);
  }
  return [...path].reverse();
}

/** The snapshots that continue `parentId`, or the roots. */
export function childrenOf(tree: SessionTree, parentId: string | undefined): string[] {
  const parent = parentId === undefined ? undefined : tree.nodes.get(parentId);
  return parent ? parent.children : tree.roots;
}

/** A snapshot among those that continue the same one, itself included. */
export function forkAt(tree: SessionTree, id: string): { siblings: string[]; index: number } {
  const siblings = childrenOf(tree, tree.nodes.get(id)?.parentId);
  return { siblings, index: siblings.indexOf(id) };
}

/** Where a branch was last continued. */
export function newestLeafBelow(tree: SessionTree, id: string): string {
  return tree.leaves.find((leaf) => pathTo(tree, leaf).includes(id)) ?? id;
}

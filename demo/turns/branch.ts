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
export function childrenOf(tree: SessionTree, parentId: string | undefined): readonly string[] {
  const parent = parentId === undefined ? undefined : tree.nodes.get(parentId);
  return parent ? parent.children : tree.roots;
}

/** Those that continue the same snapshot, itself included. */
export const siblingsOf = (tree: SessionTree, id: string): readonly string[] =>
  childrenOf(tree, tree.nodes.get(id)?.parentId);

/** Where a branch was last continued. */
export function newestLeafBelow(tree: SessionTree, id: string): string {
  return tree.leaves.find((leaf) => pathTo(tree, leaf).includes(id)) ?? id;
}

/** Down from a snapshot along its oldest continuations. */
export function followed(tree: SessionTree, id: string): string {
  const seen = new Set([id]);
  for (let at = id; ;) {
    const child = tree.nodes.get(at)?.children[0];
    if (child === undefined || seen.has(child)) return at;
    seen.add(child);
    at = child;
  }
}

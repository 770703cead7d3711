import type { SessionTree } from 'offshoot';

/** Whether two trees look the same: the same snapshots in the same places, in the same state. */
export function isSameShape(a: SessionTree, b: SessionTree): boolean {
  if (a === b) return true;
  if (a.nodes.size !== b.nodes.size || a.roots.join() !== b.roots.join()) return false;
  for (const [id, node] of b.nodes) {
    const before = a.nodes.get(id);
    if (before === node) continue;
    if (!before || before.status !== node.status || before.children.join() !== node.children.join())
      return false;
  }
  return true;
}

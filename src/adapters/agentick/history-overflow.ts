import type { SessionTree } from '../../index.js';

/**
 * Ids of the snapshots to delete: those that are not among the `history` nearest ancestors of a leaf or of the selected
 * snapshot. With `false`, all but `saved`.
 */
export function historyOverflow(tree: SessionTree, saved: string, history: number | false): Set<string> {
  const ids = new Set(tree.nodes.keys());
  if (history === false) {
    ids.delete(saved);
    return ids;
  }
  const ends = [saved, tree.headId, ...tree.leaves];
  for (const end of ends) {
    let id = end;
    for (let steps = 0; id !== undefined && steps <= history; steps++) {
      ids.delete(id);
      id = tree.nodes.get(id)?.parentId;
    }
  }
  return ids;
}

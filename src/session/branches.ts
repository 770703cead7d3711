import type { Branches, Place } from '../types/chat.js';
import type { SessionTree } from '../types/session.js';

/** An imported state may have more holes for messages than anybody could go through. */
const MOST_MESSAGES = 1_000_000;

/**
 * Where a snapshot of a tree stands, by default its head, and who brought the messages up to it: what `branches()` of a
 * session says, from a tree that was read before. All empty if the tree has no such snapshot.
 */
export function branchesIn(tree: SessionTree, snapshotId = tree.headId): Branches {
  const { nodes } = tree;
  const path: string[] = [];
  // A cyclic history ends where it comes back.
  const seen = new Set<string>();
  for (let id = snapshotId; id !== undefined && nodes.has(id) && !seen.has(id);) {
    path.unshift(id);
    seen.add(id);
    id = nodes.get(id)!.parentId;
  }
  const messages: Branches['messages'] = [];
  for (const id of path) {
    const count = Math.min(nodes.get(id)!.summary.messages, MOST_MESSAGES);
    const by = count > messages.length ? { snapshotId: id, ...placeOf(tree, id) } : undefined;
    if (by) while (messages.length < count) messages.push(by);
    // A state may have fewer messages than its parent's.
    messages.length = count;
  }
  return {
    ...placeOf(tree, snapshotId),
    path,
    newestLeaf: newestLeaf(tree, snapshotId) ?? snapshotId ?? '',
    messages,
  };
}

function placeOf({ nodes, roots }: SessionTree, id: string | undefined): Place {
  const node = id === undefined ? undefined : nodes.get(id);
  if (!node) return { siblings: [], index: -1 };
  const siblings = nodes.get(node.parentId ?? '')?.children ?? roots;
  return { siblings: [...siblings], index: siblings.indexOf(node.snapshotId) };
}

function newestLeaf({ nodes, leaves }: SessionTree, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const below = new Set([id]);
  for (const each of below) for (const child of nodes.get(each)?.children ?? []) below.add(child);
  return leaves.find((leaf) => below.has(leaf));
}

import type { SessionTree } from 'offshoot';
import type { PlacedNode } from './layout.js';

/** Where a key leads from a node: as it is drawn, parents above, the rest of a row left and right. */
export function neighbour(
  key: string,
  node: PlacedNode,
  nodes: ReadonlyMap<string, PlacedNode>,
  tree: SessionTree,
): PlacedNode | undefined {
  const beside = (by: number) => {
    const row = [...nodes.values()].filter(({ number }) => number === node.number).sort((a, b) => a.x - b.x);
    return row[row.indexOf(node) + by];
  };
  const named = (id: string | undefined) => (id === undefined ? undefined : nodes.get(id));
  switch (key) {
    case 'ArrowUp':
      return node.parent;
    case 'ArrowDown':
      return node.children[0];
    case 'ArrowLeft':
      return beside(-1);
    case 'ArrowRight':
      return beside(1);
    case 'Home':
      return named(tree.roots[0]);
    case 'End':
      return named(tree.leaves[0]);
    default:
      return undefined;
  }
}

import { hierarchy, tree as treeLayout } from 'd3-hierarchy';
import type { SessionTree, SnapshotStatus } from 'offshoot';

export const STEP = { x: 34, y: 46 };

/** Where a snapshot is drawn, in px from the top left. */
export interface PlacedNode {
  id: string;
  x: number;
  y: number;
  /** Turns from the root to here. */
  number: number;
  status: SnapshotStatus | undefined;
  parent: PlacedNode | undefined;
  children: PlacedNode[];
  siblings: readonly string[];
}

export interface Placed {
  nodes: ReadonlyMap<string, PlacedNode>;
  /** Where the empty conversation is, that everything begins from. */
  start: { x: number; y: number };
  width: number;
  height: number;
}

/** No snapshot has this id. */
const START = '';

interface Item {
  id: string;
  children: Item[];
}

export function place(tree: SessionTree): Placed {
  const laidOut = treeLayout<Item>().nodeSize([STEP.x, STEP.y])(hierarchy(itemsOf(tree)));
  const xs = laidOut.descendants().map(({ x }) => x);
  const left = xs.reduce((a, b) => Math.min(a, b), 0);
  const right = xs.reduce((a, b) => Math.max(a, b), 0);
  const start = { x: laidOut.x - left + STEP.x / 2, y: STEP.y / 4 };
  const nodes = new Map<string, PlacedNode>();
  laidOut.each(({ data, x, depth, parent }) => {
    if (data.id === START) return;
    const above = parent && nodes.get(parent.data.id);
    const node: PlacedNode = {
      id: data.id,
      x: x - left + STEP.x / 2,
      y: depth * STEP.y,
      number: depth,
      status: tree.nodes.get(data.id)?.status,
      parent: above ?? undefined,
      children: [],
      siblings: parent?.data.children.map(({ id }) => id) ?? [],
    };
    above?.children.push(node);
    nodes.set(data.id, node);
  });
  return { nodes, start, width: right - left + STEP.x, height: (laidOut.height + 0.5) * STEP.y };
}

/** Each snapshot once, below the empty conversation: in a file that is imported, histories may go round in a circle. */
function itemsOf(tree: SessionTree): Item {
  const start: Item = { id: START, children: [] };
  const unplaced = new Set(tree.nodes.keys());
  const below = (ids: readonly string[]): Item[] =>
    ids.filter((id) => unplaced.delete(id)).map((id) => ({ id, children: [] }));
  start.children = below(tree.roots);
  const items = [...start.children];
  for (const item of items) {
    item.children = below(tree.nodes.get(item.id)?.children ?? []);
    for (const child of item.children) items.push(child);
  }
  return start;
}

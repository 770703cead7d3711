import type { SessionTree } from 'offshoot';

/** Where a snapshot is drawn: one row each, one lane for each branch. */
export interface Row {
  id: string;
  row: number;
  lane: number;
  /** How many turns the branch has here. */
  turn: number;
  parent: Row | undefined;
}

/**
 * Parents above their children. The oldest child stays in its parent's lane and the others open lanes to the
 * right, each after all that hangs below its older siblings, so that no line crosses another.
 */
export function layOut(tree: SessionTree): Row[] {
  const rows = new Map<string, Row>();
  let lanes = 0;
  const pending = below(undefined, tree.roots);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { id, parent, oldest } = next;
    // A cyclic history would come back here.
    if (rows.has(id)) continue;
    const lane = parent && oldest ? parent.lane : lanes++;
    const row: Row = { id, row: rows.size, lane, turn: (parent?.turn ?? 0) + 1, parent };
    rows.set(id, row);
    pending.push(...below(row, tree.nodes.get(id)?.children ?? []));
  }
  return [...rows.values()];
}

/** The oldest comes last, where `pop` takes it first. */
function below(parent: Row | undefined, ids: readonly string[]) {
  return ids.map((id, index) => ({ id, parent, oldest: index === 0 })).reverse();
}

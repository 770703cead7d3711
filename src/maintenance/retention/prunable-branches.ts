import type { SnapshotRow } from '../../database/schema.js';
import { leavesAmong } from '../../snapshots/session-row.js';

/**
 * The branches of a session to delete, the oldest leaf's first, until at most `most` snapshots are left; all deletable
 * ones if that is not enough. A branch goes from its leaf back to where another forks off. `rows` are in order of
 * creation; ancestors of `heads` are never included.
 */
export function prunableBranches(
  rows: readonly SnapshotRow[],
  heads: Iterable<string>,
  most: number,
): Set<string> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const parentOf = (row: SnapshotRow) => byId.get(row.info.parentId ?? '');
  const kept = new Set<string>();
  for (const head of heads) {
    let row = byId.get(head);
    for (; row && !kept.has(row.id); row = parentOf(row)) kept.add(row.id);
  }
  const children = new Map<string, number>();
  for (const row of rows) {
    const parent = parentOf(row);
    if (parent) children.set(parent.id, (children.get(parent.id) ?? 0) + 1);
  }
  const prunable = new Set<string>();
  for (const leaf of leavesAmong(rows)) {
    if (rows.length - prunable.size <= most) break;
    let row: SnapshotRow | undefined = leaf;
    while (row && !kept.has(row.id) && !children.get(row.id)) {
      prunable.add(row.id);
      row = parentOf(row);
      if (row) children.set(row.id, children.get(row.id)! - 1);
    }
  }
  return prunable;
}

import type { SnapshotRow } from '../database/schema.js';

/**
 * Where the selection moves when its snapshot is deleted: to the nearest ancestor that is left, `undefined` if there is
 * none. `rowOf` also returns deleted and unreadable rows as far as their parents are known.
 */
export async function selectionWithout(
  selected: string,
  rowOf: (id: string) => unknown,
  isThere: (row: SnapshotRow) => boolean,
): Promise<string | undefined> {
  // Iterating a set includes what is added meanwhile, and a cyclic history ends at what is already in it.
  const ids = new Set([selected]);
  for (const id of ids) {
    const row = (await rowOf(id)) as SnapshotRow | undefined;
    if (row && isThere(row)) return id;
    const parentId: unknown = row?.info?.parentId;
    if (typeof parentId === 'string') ids.add(parentId);
  }
  return undefined;
}

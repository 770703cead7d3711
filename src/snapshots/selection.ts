import type { SnapshotRow } from '../database/schema.js';

/**
 * Where a selection goes whose snapshot is gone: to the nearest ancestor that is there, `undefined` if there is none.
 * `rowOf` also knows what is gone or cannot be read, as far as that still says what it continued.
 */
export async function selectionWithout(
  selected: string,
  rowOf: (id: string) => unknown,
  isThere: (row: SnapshotRow) => boolean,
): Promise<string | undefined> {
  // A set grows while it is walked, and a cyclic history ends at what it has seen.
  const ids = new Set([selected]);
  for (const id of ids) {
    const row = (await rowOf(id)) as SnapshotRow | undefined;
    if (row && isThere(row)) return id;
    const parentId: unknown = row?.info?.parentId;
    if (typeof parentId === 'string') ids.add(parentId);
  }
  return undefined;
}

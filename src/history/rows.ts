import type { SessionInfo, SnapshotInfo } from '../contract/session.js';
import type { SessionRow, SnapshotRow } from '../database/schema.js';

export function snapshotInfo(row: SnapshotRow): SnapshotInfo {
  return { ...row.info, snapshotId: row.id };
}

export function sessionInfo(row: SessionRow): SessionInfo {
  const { id, createdMs, updatedMs, snapshots, selected, version: _, ...named } = row;
  return {
    sessionId: id,
    // The title and the metadata, if there are any.
    ...named,
    createdAt: new Date(createdMs).toISOString(),
    updatedAt: new Date(updatedMs).toISOString(),
    snapshotCount: snapshots,
    selectedSnapshotId: selected,
  };
}

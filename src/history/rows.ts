import type { SessionInfo, SnapshotInfo } from '../contract/session.js';
import type { SessionRow, SnapshotRow } from '../database/schema.js';

export function snapshotInfo(row: SnapshotRow): SnapshotInfo {
  return { ...row.info, snapshotId: row.id };
}

export function sessionInfo(row: SessionRow): SessionInfo {
  return {
    sessionId: row.id,
    ...(row.title !== undefined && { title: row.title }),
    ...(row.metadata !== undefined && { metadata: row.metadata }),
    createdAt: new Date(row.createdMs).toISOString(),
    updatedAt: new Date(row.updatedMs).toISOString(),
    snapshotCount: row.snapshots,
    ...(row.selected !== undefined && { selectedSnapshotId: row.selected }),
  };
}

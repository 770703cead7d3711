import { instantOf } from '../../values/instant.js';
import { ROW_FORMAT, type SessionRow, type SnapshotRow } from '../../database/schema.js';
import type { Leaves } from '../leaves.js';
import { sessionRow } from '../session-row.js';

/** The session's row after one of its snapshots was saved. */
export function sessionAfterSave(
  session: SessionRow | undefined,
  { id, sessionId, createdMs, version, info }: SnapshotRow,
  since: number,
  joins: boolean,
  bytes: number,
  leaves: Leaves,
): SessionRow {
  // In whole ms, as it is shown, so that sorting by the shown value gives the same order.
  const updatedMs = Math.floor(Math.max(createdMs, instantOf(info['updatedAt'] ?? info.createdAt)));
  // A child of the selected snapshot becomes the selection, so that the session reopens where its user left off.
  const follows = joins && info.parentId !== undefined && session?.selected === info.parentId;
  const selected = follows ? id : session?.selected;
  const before = session ?? { format: ROW_FORMAT, id: sessionId, createdMs, updatedMs, unsealed: 0 };
  return sessionRow(
    {
      ...before,
      createdMs: Math.min(createdMs, before.createdMs),
      updatedMs: Math.max(updatedMs, before.updatedMs),
      saved: version,
      unsealed: before.unsealed + bytes,
    },
    leaves,
    (session?.snapshots ?? 0) + (joins ? 1 : 0),
    selected,
    { since, version },
  );
}

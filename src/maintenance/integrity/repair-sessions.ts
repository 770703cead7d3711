import {
  ROW_FORMAT,
  LATEST_MS,
  type SessionRow,
  type SnapshotRow,
  type WriteTransaction,
} from '../../database/schema.js';
import { bare } from '../../values/property.js';
import { instantOf, record } from '../../values/schema.js';
import type { Commit } from '../../snapshots/commit.js';
import type { Contents } from './scan.js';
import { problemOf, type Members } from './problems.js';
import { leavesIn, type SessionBasis, sessionRow } from '../../snapshots/session-row.js';
import type { Quarantine } from './quarantine.js';
import { selectionWithout } from '../../snapshots/selection.js';

/** Makes the rows of sessions agree with the snapshots that are left, and adds changed ones to the commit. */
export async function repairSessions(
  transaction: WriteTransaction,
  { snapshots, sessions: { whole, damaged }, meta }: Contents,
  quarantine: Quarantine,
  { members, isNewer }: Members,
  commit: Commit,
): Promise<void> {
  const sessions = transaction.objectStore('sessions');
  const rows = new Map([...snapshots.whole, ...snapshots.damaged].map((row) => [row?.id, row]));
  const put = async (row: SessionBasis, own: readonly SnapshotRow[]) => {
    const there = new Set(own);
    const { selected } = row;
    const isThere = (snapshot: SnapshotRow) => there.has(snapshot);
    const nearest = selected && (await selectionWithout(selected, (id) => rows.get(id), isThere));
    // The stretches that it recorded may be damaged, and its entries are made anew.
    const { written: _, where: __, ...basis } = row;
    const session = sessionRow(basis, leavesIn(own), own.length, nearest, commit);
    commit.sessions.set(row.id, session);
    await sessions.put(session);
  };
  const lost = new Set(members.keys());
  for (const row of whole) {
    const own = members.get(row.id);
    lost.delete(row.id);
    if (isNewer(row.id)) continue;
    if (own) {
      if (problemOf(row, own, meta)) await put(row, own);
      continue;
    }
    await quarantine.move('sessions', row.id, row, 'empty');
    commit.sessions.set(row.id, undefined);
  }
  for (const row of damaged) {
    const own = members.get(row.id);
    lost.delete(row.id);
    if (isNewer(row.id)) continue;
    await quarantine.move('sessions', row.id, row, 'damaged');
    // What it says may be in the row that was hidden.
    const { hidden = row } = row as { hidden?: SessionRow };
    if (own) await put(rebuilt(row.id, own, commit.version, hidden), own);
    else commit.sessions.set(row.id, undefined);
  }
  for (const id of lost) {
    const own = members.get(id)!;
    await put(rebuilt(id, own, commit.version), own);
  }
}

const isTime = (ms: unknown): ms is number => typeof ms === 'number' && Math.abs(ms) <= LATEST_MS;

/** The other values of the session's row, as far as they are readable. */
function rebuilt(
  id: string,
  own: readonly SnapshotRow[],
  version: number,
  damaged: Partial<SessionRow> = {},
): SessionBasis {
  const { title, metadata, createdMs, updatedMs, selected, unsealed } = bare({ ...damaged });
  const created = own.map((row) => row.createdMs);
  const updated = own.map(({ info }) => instantOf(info['updatedAt'])).filter(isTime);
  return {
    format: ROW_FORMAT,
    id,
    ...(typeof title === 'string' && { title }),
    ...(!record(metadata) && { metadata }),
    createdMs: isTime(createdMs) ? createdMs : created.reduce((a, b) => Math.min(a, b)),
    updatedMs: isTime(updatedMs) ? updatedMs : [...created, ...updated].reduce((a, b) => Math.max(a, b)),
    ...(typeof selected === 'string' && { selected }),
    // No snapshot's version, so that a snapshot that is saved again does not cut off entries which others may have
    // appended.
    saved: version,
    unsealed: Number.isFinite(unsealed) ? unsealed! : 0,
  };
}

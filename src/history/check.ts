import type { CheckProblem, CheckReport } from '../contract/check.js';
import { logKey, type LogRow, type ReadTransaction, type SnapshotRow } from '../database/schema.js';
import { runsByLog } from '../logs/entry.js';
import { merged, without, type Run } from '../logs/runs.js';
import { spansOf } from '../logs/load.js';
import { leavesIn, type Leaves } from './leaves.js';
import { rowSchemas } from './row-schemas.js';

/** Walks through the whole database, as of one moment, and compares what rows say of each other. */
export async function checkAll(transaction: ReadTransaction): Promise<CheckReport> {
  const snapshots = await transaction.objectStore('snapshots').getAll();
  const problems: CheckProblem[] = snapshots
    .filter((row) => !rowSchemas.snapshots.safeParse(row).success)
    .map(({ id }) => ({ kind: 'damaged', store: 'snapshots', id }));
  const whole = snapshots.filter((row) => rowSchemas.snapshots.safeParse(row).success);
  const sessions = await checkSessions(transaction, whole, problems);

  const stored = await storedRuns(transaction, problems);
  const reached = runsByLog(whole.flatMap(spansOf));
  for (const row of whole) {
    for (const [log, runs] of runsByLog(spansOf(row))) {
      for (const [from, to] of without(merged(runs), stored.runs.get(log) ?? [])) {
        problems.push({ kind: 'dangling', snapshotId: row.id, log, from, to });
      }
    }
  }
  for (const [log, runs] of stored.runs) {
    for (const [from, to] of without(runs, merged(reached.get(log) ?? []))) {
      problems.push({ kind: 'unreachable', log, from, to });
    }
  }
  return { sessions, snapshots: whole.length, entries: stored.entries, bytes: stored.bytes, problems };
}

async function checkSessions(
  transaction: ReadTransaction,
  snapshots: readonly SnapshotRow[],
  problems: CheckProblem[],
): Promise<number> {
  const members = new Map<string, SnapshotRow[]>();
  for (const row of snapshots) {
    const known = members.get(row.sessionId);
    if (known) known.push(row);
    else if (row.sessionId !== '') members.set(row.sessionId, [row]);
  }
  const sessions = await transaction.objectStore('sessions').getAll();
  for (const row of sessions) {
    const { id: sessionId, selected } = row;
    const own = members.get(sessionId) ?? [];
    members.delete(sessionId);
    const [stored, actual] = [leavesOf(row), leavesOf(leavesIn(own))];
    if (!rowSchemas.sessions.safeParse(row).success)
      problems.push({ kind: 'damaged', store: 'sessions', id: sessionId });
    else if (row.snapshots !== own.length) {
      problems.push({ kind: 'miscounted', sessionId, stored: row.snapshots, actual: own.length });
    } else if (stored.count !== actual.count || stored.latest !== actual.latest) {
      problems.push({ kind: 'leaves', sessionId, stored, actual });
    } else if (selected !== undefined && !own.some(({ id }) => id === selected)) {
      problems.push({ kind: 'selection', sessionId, snapshotId: selected });
    }
  }
  for (const [sessionId, own] of members) {
    problems.push({ kind: 'miscounted', sessionId, stored: 0, actual: own.length });
  }
  return sessions.length;
}

const leavesOf = ({ leaves, latest }: Leaves) => ({ count: leaves, ...(latest && { latest: latest.id }) });

async function storedRuns(
  transaction: ReadTransaction,
  problems: CheckProblem[],
): Promise<{ runs: Map<number, Run[]>; entries: number; bytes: number }> {
  const runs = new Map<number, Run[]>();
  let entries = 0;
  let bytes = 0;
  let cursor = await transaction.objectStore('logs').openCursor();
  while (cursor) {
    const [log, end, start] = cursor.key;
    const row: LogRow = cursor.value;
    if (rowSchemas.logs.safeParse(row).success && indexedDB.cmp(logKey(log, row), cursor.key) === 0) {
      entries += row.entries.length;
      bytes += row.size;
      runs.set(log, merged([...(runs.get(log) ?? []), [start, end]]));
    } else {
      problems.push({ kind: 'damaged', store: 'logs', id: `${log},${start}` });
    }
    cursor = await cursor.continue();
  }
  return { runs, entries, bytes };
}

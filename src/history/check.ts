import type { CheckProblem, CheckReport } from '../contract/check.js';
import { logKey, type LogRow, type ReadTransaction, type SnapshotRow } from '../database/schema.js';
import { runsByLog } from '../logs/entry.js';
import { merged, without, type Run } from '../logs/runs.js';
import { spansOf } from '../logs/load.js';
import { rowSchemas } from './row-schemas.js';

/** Walks through the whole database, as of one moment, and compares what rows say of each other. */
export async function checkAll(transaction: ReadTransaction): Promise<CheckReport> {
  const snapshots = await transaction.objectStore('snapshots').getAll();
  const problems: CheckProblem[] = snapshots
    .filter((row) => !rowSchemas.snapshots.safeParse(row).success)
    .map(({ id }) => ({ kind: 'damaged', store: 'snapshots', id }));
  const whole = snapshots.filter((row) => rowSchemas.snapshots.safeParse(row).success);
  const sessions = await checkSessions(transaction, whole, problems);
  checkLeaves(whole, problems);

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
  const counts = new Map<string, number>();
  const ownerOf = new Map<string, string>();
  for (const { id, sessionId } of snapshots) {
    ownerOf.set(id, sessionId);
    if (sessionId !== '') counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1);
  }
  const sessions = await transaction.objectStore('sessions').getAll();
  for (const row of sessions) {
    const { id: sessionId, selected } = row;
    const actual = counts.get(sessionId) ?? 0;
    counts.delete(sessionId);
    if (!rowSchemas.sessions.safeParse(row).success)
      problems.push({ kind: 'damaged', store: 'sessions', id: sessionId });
    else if (row.snapshots !== actual) {
      problems.push({ kind: 'miscounted', sessionId, stored: row.snapshots, actual });
    } else if (selected !== undefined && ownerOf.get(selected) !== sessionId) {
      problems.push({ kind: 'selection', sessionId, snapshotId: selected });
    }
  }
  for (const [sessionId, actual] of counts)
    problems.push({ kind: 'miscounted', sessionId, stored: 0, actual });
  return sessions.length;
}

function checkLeaves(snapshots: readonly SnapshotRow[], problems: CheckProblem[]): void {
  const family = (sessionId: string, id: string) => JSON.stringify([sessionId, id]);
  const parents = new Set(snapshots.map(({ sessionId, info }) => family(sessionId, info.parentId ?? '')));
  for (const { id, sessionId, leafOf } of snapshots) {
    const stored = leafOf !== undefined;
    const actual = sessionId !== '' && !parents.has(family(sessionId, id));
    if (stored !== actual) problems.push({ kind: 'leaf', snapshotId: id, stored, actual });
  }
}

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

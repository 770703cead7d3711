import type { CheckProblem, CheckReport, Repair } from '../../types/check.js';
import { nameOfKey } from '../../database/key-order.js';
import { isReading } from '../../database/rows.js';
import { newEpoch, type LogKey, type SnapshotRow, type WriteTransaction } from '../../database/schema.js';
import type { Pace } from '../../database/pace.js';
import { keepOnly } from '../../logs/garbage-collect.js';
import { firstEndingBehind, removing } from '../../logs/runs.js';
import { type Commit, commitFrom, NO_SESSION, noteLoose, tick } from '../../snapshots/commit.js';
import { readContents, type Contents } from './scan.js';
import {
  foreignMeta,
  latestReading,
  lostParts,
  membersOf,
  reportOn,
  unreached,
  type Members,
} from './problems.js';
import { Quarantine } from './quarantine.js';
import { repairSessions } from './repair-sessions.js';
import type { Unreadable } from './unreadable-keys.js';
import { addTo } from '../../values/collections.js';

/** Repairs what `check()` finds, and nothing else. Rows that are taken out go to the quarantine. */
export async function repairAll(
  transaction: WriteTransaction,
  unreadable: Unreadable,
  pace: Pace,
): Promise<Commit & { report: CheckReport }> {
  const contents = await readContents(transaction, unreadable, pace);
  const report = await pace.run(reportOn(contents));
  const whole: SnapshotRow[] = [];
  for (const row of contents.snapshots.whole) {
    await pace.step();
    if ((await pace.run(lostParts(row, contents.logs))).length === 0) whole.push(row);
  }
  const membership = membersOf(contents, whole);
  for (const problem of report.problems) problem.repair = repairOf(problem, contents, membership);

  const clock = contents.meta.get('clock');
  const since = isReading(clock) ? clock : 0;
  const commit = commitFrom(since, since);
  if (report.problems.every(({ repair }) => repair === 'left')) return { ...commit, report };

  commit.version = Math.max(tick(since), latestReading(contents) + 1);
  const quarantine = new Quarantine(transaction, pace);
  const isWhole = new Set(whole);
  await repairMeta(transaction, contents, quarantine, commit.version);
  for (const row of contents.snapshots.damaged) await quarantine.move('snapshots', row.id, row, 'damaged');
  for (const row of contents.snapshots.whole) {
    if (!isWhole.has(row)) await quarantine.move('snapshots', row.id, row, 'dangling');
  }
  await repairLogs(transaction, contents, quarantine, whole, unreadable, pace);
  await repairSessions(transaction, contents, quarantine, membership, commit);
  await noteLoose(transaction, NO_SESSION, [commit]);
  for (const [id, row] of commit.sessions) if (!row) await noteLoose(transaction, id, [commit]);
  report.quarantined += quarantine.moved;
  return { ...commit, report };
}

function repairOf(problem: CheckProblem, { meta }: Contents, { members, isNewer }: Members): Repair {
  if (problem.kind === 'newer') return 'left';
  if (problem.kind === 'clock') return 'recomputed';
  if (problem.kind === 'damaged') {
    if (problem.store === 'sessions' && isNewer(problem.id)) return 'left';
    // A row that has to exist and is missing is made anew.
    return problem.store === 'meta' && !meta.has(problem.id) ? 'recomputed' : 'quarantined';
  }
  return 'sessionId' in problem && members.has(problem.sessionId) ? 'recomputed' : 'quarantined';
}

async function repairMeta(
  transaction: WriteTransaction,
  contents: Contents,
  quarantine: Quarantine,
  clock: number,
): Promise<void> {
  const meta = transaction.objectStore('meta');
  for (const key of foreignMeta(contents)) {
    if (contents.meta.has(key)) await quarantine.move('meta', key, contents.meta.get(key), 'damaged');
    if (key === 'epoch') await meta.put(newEpoch(), key);
  }
  await meta.put(transaction.syncs ? -clock : clock, 'clock');
}

async function repairLogs(
  transaction: WriteTransaction,
  contents: Contents,
  quarantine: Quarantine,
  whole: readonly SnapshotRow[],
  unreadable: Unreadable,
  pace: Pace,
): Promise<void> {
  const logs = transaction.objectStore('logs');
  const { damaged, whole: keys, runs } = contents.logs;
  for (const key of damaged) {
    // Of a row that the browser cannot read, only the key can be kept.
    const row = unreadable.has(nameOfKey(key)) ? undefined : await logs.get(key as never);
    await quarantine.move('logs', key, row, 'damaged');
  }
  const byLog = new Map<number, LogKey[]>();
  for (const key of keys) addTo(byLog, key[0], key);
  for (const [log, left] of await pace.run(unreached(contents, whole))) {
    for (const key of byLog.get(log) ?? []) {
      const [, end, start] = key;
      const isWhole = (left[firstEndingBehind(left, start)]?.[0] ?? Infinity) >= end;
      // The whole row is copied although only parts are removed, since nothing else tells what the parts belonged to.
      if (!isWhole) await quarantine.copy('logs', key, await logs.get(key), 'unreachable');
    }
    await keepOnly(transaction, log, await pace.run(removing(runs.get(log)!, left)));
  }
}

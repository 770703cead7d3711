import type { DatabaseAccess } from '../../snapshots/database-access.js';
import { behind, between, startingWith } from '../../database/key-order.js';
import { holdsEncryptedRows, isSessionRow, isSnapshotRow, withoutKey } from '../../database/rows.js';
import { ofAll, Pace } from '../../database/pace.js';
import type { LogKey, ReadTransaction, WriteTransaction } from '../../database/schema.js';
import { grouping, mergeRows } from './merge-rows.js';
import {
  beginCommit,
  type Commit,
  NO_SESSION,
  noteLoose,
  readClock,
  UNMERGED,
} from '../../snapshots/commit.js';
import { logsOf } from '../../database/spans.js';

type Access = Pick<DatabaseAccess, 'read' | 'rearrange'>;

/** How many keys are read at once. */
const PAGE = 5_000;

/** How many rows of snapshots are read at once. */
const SNAPSHOTS = 32;

/** What there is to do: rows to merge, and the sessions whose count of unmerged bytes then begins anew, with that. */
interface Plan {
  groups: LogKey[][];
  counts: Map<string, number>;
}

/**
 * Merges the rows of some sessions' logs, or of all logs, one merged row per transaction, so that others need not wait
 * long. What is to be merged is found by keys alone, in transactions that keep no writer waiting. It can be stopped at
 * any point, by a signal or a crash; nothing is lost, and the next run continues.
 */
export async function compact(
  access: Access,
  sessionIds: readonly string[] | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const { groups, counts } = await (sessionIds
    ? planOf(access, sessionIds, signal)
    : planOfAll(access, signal));
  const pace = new Pace(signal);
  for (const keys of groups) {
    await pace.rest();
    await access.rearrange(async (transaction) => {
      // Refuses a database that is being encrypted: the rotation might pass over a row that is merged meanwhile.
      await readClock(transaction);
      const isMerged = await mergeRows(transaction, keys);
      return isMerged && (await isLast(transaction, keys.at(-1)!)) ? looseCommit(transaction) : null;
    });
  }
  await pace.rest();
  if (counts.size > 0) await access.rearrange((transaction) => countAnew(transaction, counts, signal));
}

async function planOf(access: Access, sessionIds: readonly string[], signal?: AbortSignal): Promise<Plan> {
  const plan: Plan = { groups: [], counts: new Map() };
  for (const id of sessionIds) {
    const logs = await logsIn(access, id, signal);
    const keys = await access.read(async (transaction) => {
      await refuseEncrypted(transaction);
      note(plan.counts, await transaction.objectStore('sessions').get(id));
      const keysOf = (log: number) => transaction.objectStore('logs').getAllKeys(startingWith(log));
      return (await ofAll([...logs], keysOf, signal)).flat();
    });
    for (const group of await new Pace(signal).run(grouping(keys))) plan.groups.push(group);
  }
  return plan;
}

/** The logs of a session. Each page of rows is read by itself: many at once would keep the page and its saves waiting. */
async function logsIn(access: Access, id: string, signal?: AbortSignal): Promise<Set<number>> {
  const logs = new Set<number>();
  let rest = startingWith(id);
  for (;;) {
    signal?.throwIfAborted();
    const rows = await access.read((transaction) =>
      transaction.objectStore('snapshots').index('sessionId').getAll(rest, SNAPSHOTS),
    );
    for (const row of rows) if (isSnapshotRow(row)) for (const log of logsOf(row)) logs.add(log);
    const last = rows.at(-1);
    if (!last || rows.length < SNAPSHOTS) return logs;
    rest = between([id, last.createdMs, last.version], [id, []], true);
  }
}

async function planOfAll(access: Access, signal?: AbortSignal): Promise<Plan> {
  const plan: Plan = { groups: [], counts: new Map() };
  const pace = new Pace(signal);
  let last: LogKey | undefined;
  // The keys of a log that goes on on the next page.
  let begun: LogKey[] = [];
  for (let isEnd = false; !isEnd;) {
    signal?.throwIfAborted();
    const page = await access.read(async (transaction) => {
      await refuseEncrypted(transaction);
      if (!last) for (const row of await transaction.objectStore('sessions').getAll()) note(plan.counts, row);
      return transaction.objectStore('logs').getAllKeys(last && behind(last), PAGE);
    });
    isEnd = page.length < PAGE;
    last = page.at(-1);
    const keys = [...begun, ...page];
    begun = isEnd ? [] : keys.filter(([log]) => log === last![0]);
    const whole = isEnd ? keys : keys.filter(([log]) => log !== last![0]);
    for (const group of await pace.run(grouping(whole))) plan.groups.push(group);
  }
  return plan;
}

/** Without the key it would look as if there was nothing to do. */
async function refuseEncrypted(transaction: ReadTransaction): Promise<void> {
  await readClock(transaction);
  if (await holdsEncryptedRows(transaction)) throw withoutKey();
}

function note(counts: Plan['counts'], row: unknown): void {
  if (isSessionRow(row) && row.unsealed >= UNMERGED) counts.set(row.id, row.unsealed);
}

/** What was appended meanwhile stays counted. */
async function countAnew(
  transaction: WriteTransaction,
  counts: Plan['counts'],
  signal?: AbortSignal,
): Promise<Commit | null> {
  const sessions = transaction.objectStore('sessions');
  const rows = (await ofAll([...counts.keys()], (id) => sessions.get(id), signal)).filter(isSessionRow);
  if (rows.length === 0) return null;
  // Tabs that remember the rows must not put the old counts back.
  const commit = await looseCommit(transaction);
  const lessened = rows.map((row) => ({ ...row, unsealed: Math.max(0, row.unsealed - counts.get(row.id)!) }));
  await ofAll(lessened, (row) => sessions.put(row), signal);
  return commit;
}

/** Whether nothing follows in the log; tabs remember where its last row began, so that they have to hear of it. */
async function isLast(transaction: ReadTransaction, [log, end]: LogKey): Promise<boolean> {
  return (await transaction.objectStore('logs').getKey(between([log, end, []], [log, []]))) === undefined;
}

/** Advances the clock, so that no tab takes for current what it remembers. */
async function looseCommit(transaction: WriteTransaction): Promise<Commit> {
  const commit = await beginCommit(transaction);
  await noteLoose(transaction, NO_SESSION, [commit]);
  return commit;
}

import type { DatabaseAccess } from '../../snapshots/database-access.js';
import { between, startingWith } from '../../database/key-order.js';
import { isSessionRow, isSnapshotRow } from '../../database/rows.js';
import { each, paceWithin } from '../../database/pace.js';
import type { LogKey, ReadTransaction, WriteTransaction } from '../../database/schema.js';
import { GROUPINGS, mergeRows } from './merge-rows.js';
import {
  beginCommit,
  type Commit,
  NO_SESSION,
  noteLoose,
  readClock,
  UNMERGED,
} from '../../snapshots/commit.js';
import { logsOf } from '../../database/spans.js';

/** The sessions that have small rows to merge. */
export async function unmergedSessions(transaction: ReadTransaction): Promise<string[]> {
  // Refuses an encrypted database without a key, which would look as if there was nothing to do.
  await readClock(transaction);
  const sessions = await transaction.objectStore('sessions').getAll();
  return sessions.filter((row) => isSessionRow(row) && row.unsealed > 0).map(({ id }) => id);
}

/**
 * Merges the rows of a session's logs, one merged row per transaction, so that others need not wait long. It can be
 * stopped at any point, by a signal or a crash; nothing is lost, and the next run continues.
 */
export async function compactSession(
  access: Pick<DatabaseAccess, 'read' | 'rearrange'>,
  sessionId: string,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const logs = await access.read(async (transaction) => {
    const rows = await transaction
      .objectStore('snapshots')
      .index('sessionId')
      .getAll(startingWith(sessionId));
    const logs = new Set<number>();
    const note = (row: unknown) => {
      if (isSnapshotRow(row)) for (const log of logsOf(row)) logs.add(log);
    };
    await paceWithin(transaction, signal).run(each(rows, note));
    return [...logs];
  }, Infinity);
  let merged = 0;
  for (const log of logs) {
    for (const group of GROUPINGS) {
      signal?.throwIfAborted();
      for (const keys of await access.read(
        (transaction) => group(transaction, log, paceWithin(transaction, signal)),
        Infinity,
      )) {
        signal?.throwIfAborted();
        await access.rearrange(async (transaction) => {
          // Refuses a database that is being encrypted: the rotation might pass over a row that is merged meanwhile.
          await readClock(transaction);
          if (!(await mergeRows(transaction, keys))) return null;
          merged++;
          return (await isLast(transaction, keys.at(-1)!)) ? looseCommit(transaction) : null;
        });
      }
    }
  }
  await access.rearrange(async (transaction) => {
    const sessions = transaction.objectStore('sessions');
    const session = await sessions.get(sessionId);
    // Small rows that were too few to merge stay counted until a run finds nothing.
    if (!isSessionRow(session) || (merged === 0 && session.unsealed < UNMERGED)) return null;
    // Tabs that remember the row must not put the old count back.
    const commit = await looseCommit(transaction);
    await sessions.put({ ...session, unsealed: 0 });
    return commit;
  });
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

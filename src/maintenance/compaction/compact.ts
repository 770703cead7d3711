import type { DatabaseAccess } from '../../snapshots/database-access.js';
import { startingWith } from '../../database/key-order.js';
import { isSessionRow, isSnapshotRow } from '../../database/rows.js';
import { paceWithin } from '../../database/of-all.js';
import { each } from '../../database/pace.js';
import type { WriteTransaction } from '../../database/schema.js';
import { runsByLog } from '../../logs/entry.js';
import { spansOf } from '../../logs/load.js';
import { GROUPINGS, seal } from './merge-rows.js';
import { beginCommit, readClock, UNSEALED } from '../../snapshots/commit.js';
import { noteLoose, NOBODY } from '../../snapshots/save/written.js';

/** The sessions that have gathered small rows. */
export async function unmergedSessions(transaction: WriteTransaction): Promise<string[]> {
  // Without its key, an encrypted database looks as if there was nothing to do.
  await readClock(transaction);
  const sessions = await transaction.objectStore('sessions').getAll();
  return sessions.filter((row) => isSessionRow(row) && row.unsealed > 0).map(({ id }) => id);
}

/**
 * Seals the logs of a session, one row in each transaction, so that nobody has to wait long. Stopped at any point,
 * by a signal or by a crash, it has lost nothing and goes on where it was.
 */
export async function compactSession(
  access: Pick<DatabaseAccess, 'rearrange' | 'write'>,
  sessionId: string,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const logs = await access.rearrange(async (transaction) => {
    const rows = await transaction
      .objectStore('snapshots')
      .index('sessionId')
      .getAll(startingWith(sessionId));
    const logs = new Set<number>();
    const note = (row: unknown) => {
      if (isSnapshotRow(row)) for (const log of runsByLog(spansOf(row)).keys()) logs.add(log);
    };
    await paceWithin(transaction, signal).run(each(rows, note));
    return [...logs];
  });
  let sealed = 0;
  for (const log of logs) {
    for (const group of GROUPINGS) {
      signal?.throwIfAborted();
      for (const keys of await access.rearrange((transaction) =>
        group(transaction, log, paceWithin(transaction, signal)),
      )) {
        signal?.throwIfAborted();
        const isSealed = await access.rearrange(async (transaction) => {
          // Fails where somebody is about to encrypt everything: what is sealed meanwhile might be passed over.
          await readClock(transaction);
          return seal(transaction, keys);
        });
        if (isSealed) sealed++;
      }
    }
  }
  await access.write(async (transaction) => {
    const sessions = transaction.objectStore('sessions');
    const session = await sessions.get(sessionId);
    // What was not enough to be sealed is counted on, until it has been looked at in vain.
    if (!isSessionRow(session) || (sealed === 0 && session.unsealed < UNSEALED)) return null;
    // Whoever remembers the row must not put the old count back.
    const commit = await beginCommit(transaction);
    await sessions.put({ ...session, unsealed: 0 });
    await noteLoose(transaction, NOBODY, [commit]);
    return commit;
  });
}

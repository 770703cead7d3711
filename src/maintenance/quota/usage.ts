import { behind } from '../../database/key-order.js';
import type { StorageReport } from '../../types/storage.js';
import { isHidden, isSnapshotRow } from '../../database/rows.js';
import { paceWithin } from '../../database/pace.js';
import type { ReadTransaction } from '../../database/schema.js';
import { sizeOf } from '../../logs/media.js';
import { readHidden } from '../../snapshots/delete/hide.js';
import { logsOf } from '../../database/spans.js';

/** How many rows are in memory at once. */
const BATCH = 500;

/** The approximate size of a snapshot's row without the application's data, in bytes. */
const ROW_SIZE = 300;

/** Counts sessions and snapshots, and measures each session, in one transaction. Reads keys and small rows only. */
export async function readUsage(
  transaction: ReadTransaction,
  signal?: AbortSignal,
): Promise<Pick<StorageReport, 'sessions' | 'snapshots'>> {
  const logSizes = new Map<number, number>();
  for (const [log, , , size] of await transaction.objectStore('logs').getAllKeys()) {
    logSizes.set(log, (logSizes.get(log) ?? 0) + size);
  }
  const hidden = await readHidden(transaction);
  const sessions = new Map<string, { bytes: number; logs: Set<number> }>();
  for (const id of await transaction.objectStore('sessions').getAllKeys()) {
    if (!hidden.has(id)) sessions.set(id, { bytes: ROW_SIZE, logs: new Set() });
  }
  const snapshots = transaction.objectStore('snapshots');
  const pace = paceWithin(transaction, signal);
  let after: string | undefined;
  let count = 0;
  for (;;) {
    await pace.rest();
    const range = after === undefined ? undefined : behind(after);
    const rows = await snapshots.getAll(range, BATCH);
    for (const row of rows) {
      if (isHidden(row)) continue;
      count++;
      const session = sessions.get(row.sessionId);
      if (!session || !isSnapshotRow(row)) continue;
      session.bytes += ROW_SIZE + sizeOf(row.info);
      for (const log of logsOf(row)) session.logs.add(log);
    }
    after = rows.at(-1)?.id;
    if (rows.length < BATCH) break;
  }
  return {
    snapshots: count,
    sessions: [...sessions]
      .map(([sessionId, { bytes, logs }]) => ({
        sessionId,
        bytes: [...logs].reduce((sum, log) => sum + (logSizes.get(log) ?? 0), bytes),
      }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}

import { isSnapshotRow } from '../../database/rows.js';
import type { ReadTransaction, SnapshotRow, WriteTransaction } from '../../database/schema.js';
import { logsOf } from '../../database/spans.js';
import type { Item } from './items.js';
import { Known, readStanding, type Standing } from './known.js';
import { lineOf } from './lines.js';

type SnapshotItem = Extract<Item, { kind: 'snapshot' }>;

/**
 * Digests of what is here under these ids and waits in the outbox: its push may have come although its answer did not.
 * Nothing else is waited for in a transaction, so they are made before.
 */
export async function ownDigests(
  read: <T>(work: (transaction: ReadTransaction) => Promise<T>) => Promise<T>,
  ids: readonly string[],
): Promise<Map<string, { version: number; digest: string }>> {
  const items = await read(async (reading) => {
    const transaction = reading as WriteTransaction;
    const known = new Known(transaction);
    const standing = await readStanding(transaction);
    const found: SnapshotItem[] = [];
    for (const id of ids) {
      const noted = await transaction.objectStore('outbox').get(['snapshot', id]);
      if (typeof noted !== 'number' || !standing) continue;
      const row: unknown = await transaction.objectStore('snapshots').get(id);
      if (isSnapshotRow(row)) found.push(await itemOf(transaction, known, standing, row));
    }
    return found;
  });
  const digests = new Map<string, { version: number; digest: string }>();
  for (const item of items) {
    const { sent } = await lineOf(item, 0);
    if (sent.kind === 'snapshot')
      digests.set(item.row.id, { version: item.row.version, digest: sent.digest });
  }
  return digests;
}

async function itemOf(
  transaction: WriteTransaction,
  known: Known,
  { replica }: Standing,
  row: SnapshotRow,
): Promise<Extract<Item, { kind: 'snapshot' }>> {
  const session: any = await transaction.objectStore('sessions').get(row.sessionId);
  const wires = new Map<number, string>();
  for (const log of logsOf(row)) wires.set(log, (await known.log(log)).wire ?? `${replica}:${log}`);
  return {
    kind: 'snapshot',
    incarnation: String(session?.incarnation),
    session: row.sessionId,
    noted: 0,
    saw: 0,
    row,
    wires,
  };
}

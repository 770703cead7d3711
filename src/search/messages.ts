import { isSnapshotRow } from '../database/rows.js';
import { assembleState, loadRows } from '../logs/load.js';
import { valueOf } from '../logs/links.js';
import type { DatabaseAccess } from '../snapshots/database-access.js';
import { SessionStoreError } from '../errors.js';
import type { Searched } from './brought.js';

/** All messages of a snapshot; none if they cannot be read. */
export async function readMessages(
  read: DatabaseAccess['read'],
  { id, row: known }: Searched,
): Promise<readonly unknown[]> {
  const messages =
    inRow(known) ??
    (await read(async (transaction) => {
      const row = known ?? (await transaction.objectStore('snapshots').get(id));
      if (!isSnapshotRow(row)) return [];
      const logs = await loadRows(transaction, row);
      const field = assembleState(row, logs)?.fields.find(({ key }) => key === 'messages');
      if (!field) return [];
      if (field.kind === 'value') return field.value;
      return valueOf(
        field.kind,
        field.sequence.entries.map(({ value }) => value),
      );
    }).catch(unlessUnreadable));
  return Array.isArray(messages) ? messages : [];
}

function inRow(row: Searched['row']): unknown {
  const field = row?.state?.fields.find(([key]) => key === 'messages');
  return field?.[1] === 'value' ? field[2] : undefined;
}

function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof SessionStoreError && error.status === 'DATA_LOSS')) throw error;
}

import { SessionStoreError } from '../errors.js';
import { number, object, optional, record, string } from '../validation/schema.js';
import type { SessionRow, SnapshotRow } from './schema.js';

const snapshotRow = object({
  id: string,
  sessionId: string,
  createdMs: number,
  version: number,
  info: object({ createdAt: string, parentId: optional(string) }),
});

const sessionRow = object({
  id: string,
  title: optional(string),
  metadata: optional(record),
  createdMs: number,
  updatedMs: number,
  snapshots: number,
  selected: optional(string),
  version: number,
});

const stateRow = object({ state: optional(record) });

export const isSnapshotRow = (row: unknown): row is SnapshotRow => !snapshotRow(row);
export const isStateRow = (row: unknown) => !stateRow(row) && 'state' in (row as object);
export const isSessionRow = (row: unknown): row is SessionRow => !sessionRow(row);

export function dataLoss(kind: 'snapshot' | 'session', id: string): SessionStoreError {
  return new SessionStoreError(
    'DATA_LOSS',
    `the stored ${kind} "${id}" cannot be read. Everything else can; delete it to be rid of it`,
    id,
  );
}

/** The row, or `undefined` if there is none; a row that cannot be read is an error. */
export function wholeSnapshot(row: unknown, id: string): SnapshotRow | undefined {
  if (row === undefined || isSnapshotRow(row)) return row;
  throw dataLoss('snapshot', id);
}

export function wholeSession(row: unknown, id: string): SessionRow | undefined {
  if (row === undefined || isSessionRow(row)) return row;
  throw dataLoss('session', id);
}

/** Tells the rows that can be read from the ids of those that cannot. */
export function sortOut<Row extends { id: string }>(
  rows: Row[],
  isWhole: (row: Row) => boolean,
): { whole: Row[]; damaged: string[] } {
  return {
    whole: rows.filter(isWhole),
    damaged: rows.filter((row) => !isWhole(row)).map(({ id }) => id),
  };
}

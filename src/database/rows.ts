import { SessionStoreError } from '../errors.js';
import { list, object, optional, ownOf, record, satisfying, string } from '../values/schema.js';
import {
  LATEST_MS,
  ROW_FORMAT,
  type Cipher,
  type LogRow,
  type ReadTransaction,
  type SessionRow,
  type SnapshotRow,
} from './schema.js';
import { behind } from './key-order.js';
import { requestAll } from './transaction.js';

/** Whether a value is a reading of the clock that can be advanced. */
export const isReading = (clock: unknown): clock is number =>
  Number.isSafeInteger(clock) && (clock as number) >= 0;

/** Whether a stored clock is the one of a database that syncs: such a clock is negative. Smaller ones are damage. */
export const isSyncing = (clock: unknown): boolean => (clock as number) < -(2 ** 40);

/** What a stored clock reads. */
export const unsigned = (clock: unknown): unknown => (isSyncing(clock) ? -(clock as number) : clock);

/** Only whether a row is valid counts, so the schemas have no messages. */
const fits = (test: (value: any) => boolean) => satisfying(test, '');

const reading = fits(isReading);

const time = fits((ms) => typeof ms === 'number' && Math.abs(ms) <= LATEST_MS);

const snapshotRow = object({
  id: string,
  sessionId: string,
  createdMs: time,
  version: reading,
  client: optional(string),
  preview: optional(string),
  info: object({ createdAt: string, parentId: optional(string) }),
  own: list,
});

const isSpans = (spans: unknown) =>
  Array.isArray(spans) &&
  spans.length % 3 === 0 &&
  spans.every((part) => Number.isInteger(part) && part >= 0);

const isField = (field: unknown) =>
  Array.isArray(field) &&
  (field[1] === 'value' || (/^(?:array|linked|one)$/.test(field[1]) && isSpans(field[2])));

const isMediumReference = (reference: unknown) =>
  Array.isArray(reference) &&
  Array.isArray(reference[1]) &&
  [0, 2, 3].every((part) => Number.isInteger(reference[part]));

const storedState = object({
  fields: fits((fields) => Array.isArray(fields) && fields.every(isField)),
  media: fits(isSpans),
});

const sessionRow = object({
  id: string,
  title: optional(string),
  metadata: optional(record),
  createdMs: time,
  updatedMs: time,
  snapshots: reading,
  selected: optional(string),
  leaves: reading,
  latest: optional(object({ id: string, createdMs: time, version: reading, reach: optional(fits(isSpans)) })),
  version: reading,
  saved: reading,
  unsealed: fits(Number.isFinite),
  written: optional(list),
  changes: optional(list),
  receipts: optional(list),
  named: optional(list),
});

const logRow = object({
  at: fits(Number.isInteger),
  entries: list,
  intricate: optional(list),
  media: optional(fits((media) => Array.isArray(media) && media.every(isMediumReference))),
});

/** Rows of a later format are not checked, since this version does not know their shape. */
export const isNewer = (row: unknown): boolean => {
  const format = (row as { format?: unknown } | null | undefined)?.format;
  return Number.isInteger(format) && (format as number) > ROW_FORMAT;
};

export const isSnapshotRow = (row: unknown): row is SnapshotRow => {
  if (snapshotRow(row) || isNewer(row)) return false;
  const { state } = row as SnapshotRow;
  return state === undefined || state === null || !storedState(state);
};

export const isSessionRow = (row: unknown): row is SessionRow => !sessionRow(row) && !isNewer(row);

export const isLogRow = (row: unknown): row is LogRow => !logRow(row) && !isNewer(row);

/** With the key, rows are decrypted before they are read, so these are seen only without it. */
export const isEncrypted = (row: unknown): boolean =>
  (ownOf(row ?? {}, 'cipher') as Partial<Cipher> | null | undefined)?.data !== undefined;

/**
 * Whether rows are encrypted, whatever `meta` says. Encrypting begins with the first snapshot, and decrypting ends with
 * the last session. `isBegun`: only whether encrypting has begun, for whoever knows that the database was not encrypted.
 */
export async function holdsEncryptedRows(transaction: ReadTransaction, isBegun = false): Promise<boolean> {
  const [snapshot, session] = await requestAll(
    () => transaction.objectStore('snapshots').get(behind('')),
    async () => (isBegun ? undefined : transaction.objectStore('sessions').openCursor('prev')),
  );
  return isEncrypted(snapshot) || isEncrypted(session?.value);
}

export const withoutKey = () =>
  new SessionStoreError(
    'PERMISSION_DENIED',
    'the database is encrypted. Open it with its key: new IndexedDBSessionStore({ encryption: { key } })',
    'options.encryption',
  );

/** The error for a row that is not whole. */
export function unreadable(kind: 'snapshot' | 'session', id: string, row?: unknown): SessionStoreError {
  if (isEncrypted(row)) return withoutKey();
  return isNewer(row)
    ? new SessionStoreError(
        'FAILED_PRECONDITION',
        `the ${kind} "${id}" was written by a newer Offshoot. Reload the page to get that`,
        id,
      )
    : new SessionStoreError(
        'DATA_LOSS',
        `the stored ${kind} "${id}" cannot be read. Everything else can; delete it, or call check({ repair: true })`,
        id,
      );
}

/** Whether a row is one of a session that was deleted and can be restored. */
export const isHidden = (row: unknown): boolean => !!ownOf(row ?? {}, 'hidden');

/** The row, or `undefined` if there is none or it is hidden. Throws if it is damaged, newer or encrypted. */
export function wholeSnapshot(row: unknown, id: string): SnapshotRow | undefined {
  if (isHidden(row)) return undefined;
  if (row === undefined || isSnapshotRow(row)) return row;
  throw unreadable('snapshot', id, row);
}

export function wholeSession(row: unknown, id: string): SessionRow | undefined {
  if (isHidden(row)) return undefined;
  if (row === undefined || isSessionRow(row)) return row;
  throw unreadable('session', id, row);
}

/** Separates readable rows from the ids of unreadable ones. */
export function sortOut<Row extends { id: string }>(
  rows: Row[],
  isWhole: (row: Row) => boolean,
): { whole: Row[]; damaged: string[] } {
  if (rows.some(isEncrypted)) throw withoutKey();
  return {
    whole: rows.filter(isWhole),
    damaged: rows.filter((row) => !isWhole(row)).map(({ id }) => id),
  };
}

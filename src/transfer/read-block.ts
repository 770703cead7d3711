import { isLogRow, isSessionRow, isSnapshotRow } from '../database/rows.js';
import {
  startingWith,
  type ReadTransaction,
  type SessionRow,
  type SnapshotRow,
  type Spans,
} from '../database/schema.js';
import { together } from '../database/transaction.js';
import type { DamagedPart } from '../contract/transfer.js';
import { runsByLog } from '../logs/entry.js';
import { spansOf } from '../logs/load.js';
import { merged, type Run } from '../logs/runs.js';
import { runAt } from './coverage.js';
import type { MediumPlace } from './lines.js';

/** A session, or a snapshot that belongs to none. */
export type BlockId = { sessionId: string } | { snapshotId: string };

/** An entry with its media taken out. */
export interface StoredEntry {
  log: number;
  at: number;
  value: unknown;
  media: MediumPlace[];
}

/** A session as of one moment. Logs are numbered from 0, in the order in which its snapshots name them. */
export interface Block {
  sessionId: string | undefined;
  /** Absent for snapshots without a session, and if it cannot be read. */
  session: SessionRow | undefined;
  /** In the order of their saves. */
  snapshots: { row: SnapshotRow; spans: Spans[] }[];
  /** By log, then by position. Some may be missing. */
  entries: StoredEntry[];
  /** What a snapshot's spans are in the block's numbers. */
  renumber: (spans: Spans) => Spans;
  damaged: DamagedPart[];
}

/** What there is to export: ids only. */
export async function readBlockIds(
  transaction: ReadTransaction,
  sessionIds: readonly string[] | undefined,
): Promise<BlockId[]> {
  if (sessionIds) return [...new Set(sessionIds)].map((sessionId) => ({ sessionId }));
  const [sessions, alone] = await together(
    () => transaction.objectStore('sessions').getAllKeys(),
    () => transaction.objectStore('snapshots').index('sessionId').getAllKeys(startingWith('')),
  );
  return [
    ...sessions.map((sessionId) => ({ sessionId })),
    ...alone.sort().map((snapshotId) => ({ snapshotId })),
  ];
}

/** Reads a session whole, in one transaction; `undefined` if it is gone. */
export async function readBlock(transaction: ReadTransaction, id: BlockId): Promise<Block | undefined> {
  const snapshots = transaction.objectStore('snapshots');
  const [rows, session]: [unknown[], unknown] =
    'sessionId' in id
      ? await together(
          () => snapshots.index('sessionId').getAll(startingWith(id.sessionId)),
          () => transaction.objectStore('sessions').get(id.sessionId),
        )
      : [[await snapshots.get(id.snapshotId)].filter((row) => row !== undefined), undefined];
  const sessionId = 'sessionId' in id ? id.sessionId : undefined;
  if (rows.length === 0) return undefined;

  const whole = rows.filter(isSnapshotRow).sort((a, b) => a.version - b.version);
  const damaged = rows
    .filter((row) => !isSnapshotRow(row))
    .map((row) => ({ sessionId, snapshotId: (row as SnapshotRow).id }));
  const isLost = sessionId !== undefined && !isSessionRow(session);

  const all = whole.map((row) => ({ row, spans: spansOf(row) }));
  const runs = runsByLog(all.flatMap(({ spans }) => spans));
  const numbers = new Map([...runs.keys()].map((log, number) => [log, number]));
  const entries = await Promise.all(
    [...runs].map(([log, each]) => readEntries(transaction, log, merged(each), numbers)),
  );
  return {
    sessionId,
    session: isSessionRow(session) ? session : undefined,
    snapshots: all,
    entries: entries.flat(),
    renumber: (spans) => spans.map((part, i) => (i % 3 === 0 ? numbers.get(part)! : part)),
    damaged: [...(isLost ? [{ sessionId }] : []), ...damaged],
  };
}

async function readEntries(
  transaction: ReadTransaction,
  log: number,
  runs: readonly Run[],
  numbers: ReadonlyMap<number, number>,
): Promise<StoredEntry[]> {
  // Keys are [log, end, start]: all rows that end behind the first entry.
  const range = IDBKeyRange.bound([log, runs[0]![0], []], [log, []]);
  const rows = (await transaction.objectStore('logs').getAll(range)).filter(isLogRow);
  const entries: StoredEntry[] = [];
  for (const { at: start, entries: values, media = [] } of rows) {
    values.forEach((value, index) => {
      const at = start + index;
      if (!runAt(runs, at)) return;
      const places = media.filter(([of]) => of === index);
      const known = places.map(([, path, log, at]): MediumPlace => [path, numbers.get(log) ?? -1, at]);
      entries.push({ log: numbers.get(log)!, at, value, media: known });
    });
  }
  return entries;
}

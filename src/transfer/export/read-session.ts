import { between, startingWith } from '../../database/key-order.js';
import { atOnce, paceWithin, type Steps, UNITS } from '../../database/pace.js';
import { isLogRow, isSessionRow, isSnapshotRow } from '../../database/rows.js';
import type { LogRow, ReadTransaction, SessionRow, SnapshotRow, Spans } from '../../database/schema.js';
import { requestAll } from '../../database/transaction.js';
import type { DamagedPart } from '../../types/transfer.js';
import { gathering, isIn, merging, type Run } from '../../logs/runs.js';
import type { MediumAddress } from '../format/lines.js';
import { renumbering, spansOf } from '../../database/spans.js';
import { readHidden } from '../../snapshots/delete/hide.js';
import { addTo } from '../../values/collections.js';

/** A session, or a snapshot that belongs to none. */
export type BlockId = { sessionId: string } | { snapshotId: string };

/** An entry without its media. */
export interface StoredEntry {
  log: number;
  at: number;
  value: unknown;
  media: MediumAddress[];
}

/**
 * A session as read in one transaction. Its logs are renumbered from 0, in the order in which its snapshots refer to
 * them.
 */
export interface Block {
  sessionId: string | undefined;
  /** Absent for snapshots without a session, and if it cannot be read. */
  session: SessionRow | undefined;
  /** In the order of their versions. */
  snapshots: { row: SnapshotRow; spans: Spans[] }[];
  /** By log, then by position. Some may be missing. */
  entries: StoredEntry[];
  /** Converts a snapshot's spans to the block's numbers. */
  renumber: (spans: Spans) => Spans;
  damaged: DamagedPart[];
}

/** The ids of all sessions and snapshots to export. */
export async function readBlockIds(
  transaction: ReadTransaction,
  sessionIds: readonly string[] | undefined,
): Promise<BlockId[]> {
  if (sessionIds) return [...new Set(sessionIds)].map((sessionId) => ({ sessionId }));
  const [sessions, alone, hidden] = await requestAll(
    () => transaction.objectStore('sessions').getAllKeys(),
    () => transaction.objectStore('snapshots').index('sessionId').getAllKeys(startingWith('')),
    () => readHidden(transaction),
  );
  return [
    ...sessions.filter((id) => !hidden.has(id)).map((sessionId) => ({ sessionId })),
    ...alone.sort().map((snapshotId) => ({ snapshotId })),
  ];
}

/** Reads a session in one transaction; `undefined` if it has been deleted. */
export async function readBlock(
  transaction: ReadTransaction,
  id: BlockId,
  signal: AbortSignal | undefined,
): Promise<Block | undefined> {
  const pace = paceWithin(transaction, signal);
  const snapshots = transaction.objectStore('snapshots');
  const [rows, session]: [unknown[], unknown] =
    'sessionId' in id
      ? await requestAll(
          () => snapshots.index('sessionId').getAll(startingWith(id.sessionId)),
          () => transaction.objectStore('sessions').get(id.sessionId),
        )
      : [[await snapshots.get(id.snapshotId)].filter((row) => row !== undefined), undefined];
  const sessionId = 'sessionId' in id ? id.sessionId : undefined;
  if (rows.length === 0) return undefined;

  const whole: Block['snapshots'] = [];
  const damaged: DamagedPart[] = [];
  if (sessionId !== undefined && !isSessionRow(session)) damaged.push({ sessionId });
  for (const row of rows) {
    await pace.step();
    if (!isSnapshotRow(row)) {
      damaged.push({ sessionId, snapshotId: (row as SnapshotRow).id });
      continue;
    }
    const spans = spansOf(row);
    whole.push({ row, spans });
  }
  const runs = await pace.run(gathering(whole.flatMap(({ spans }) => spans)));
  whole.sort((a, b) => a.row.version - b.row.version);
  const numbers = new Map([...runs.keys()].map((log, number) => [log, number]));
  const entries: StoredEntry[] = [];
  for (const [log, each] of runs) {
    const rowsOf = await rowsFrom(transaction, log, each);
    const union = await pace.run(merging(each));
    for (const row of rowsOf) await pace.run(addEntries(entries, log, row, union, numbers));
  }
  return {
    sessionId,
    session: isSessionRow(session) ? session : undefined,
    snapshots: whole,
    entries,
    renumber: (spans) => atOnce(renumbering(spans, (log) => numbers.get(log)!)),
    damaged,
  };
}

/** All rows of a log that end after the first position that is needed. */
async function rowsFrom(transaction: ReadTransaction, log: number, runs: readonly Run[]): Promise<LogRow[]> {
  const first = runs.reduce((from, run) => Math.min(from, run[0]), Infinity);
  // Keys are [log, end, start].
  const range = between([log, first, []], [log, []]);
  return (await transaction.objectStore('logs').getAll(range)).filter(isLogRow);
}

function* addEntries(
  entries: StoredEntry[],
  log: number,
  { at: start, entries: values, media = [] }: LogRow,
  runs: readonly Run[],
  numbers: ReadonlyMap<number, number>,
): Steps<void> {
  const places = new Map<number, MediumAddress[]>();
  let units = 0;
  for (const [index, path, mediaLog, at] of media) {
    if (++units % UNITS === 0) yield;
    addTo(places, index, [path, numbers.get(mediaLog) ?? -1, at]);
  }
  let index = 0;
  for (const value of values) {
    if (index % UNITS === 0) yield;
    const at = start + index;
    if (isIn(runs, at)) entries.push({ log: numbers.get(log)!, at, value, media: places.get(index) ?? [] });
    index++;
  }
}

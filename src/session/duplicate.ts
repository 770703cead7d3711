import { startingWith } from '../database/key-order.js';
import { each, ofAll, paceWithin } from '../database/pace.js';
import { isLogRow, sortOut, isSnapshotRow, unreadable, wholeSession } from '../database/rows.js';
import {
  logKey,
  ROW_FORMAT,
  type SnapshotRow,
  type StoredField,
  type StoredState,
  type WriteTransaction,
} from '../database/schema.js';
import { logsOf, spansOfAll } from '../database/spans.js';
import { putClock, requestAll } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { keepOnly } from '../logs/garbage-collect.js';
import { renumberedRow, renumberedState } from '../logs/renumber.js';
import { gathering } from '../logs/runs.js';
import { beginCommit, type Commit, latestLog } from '../snapshots/commit.js';
import { noSnapshot } from '../snapshots/save/extension.js';
import { note, unnamed } from '../snapshots/outbox.js';
import { leavesIn, sessionRow } from '../snapshots/session-row.js';

export interface Duplication {
  from: string;
  to: string;
  upTo: string | undefined;
  title: string | undefined;
  signal: AbortSignal | undefined;
  newId: () => string;
}

/** Copies a session's snapshots and the entries that they reach, so that nothing is shared with the original. */
export async function duplicateSession(
  transaction: WriteTransaction,
  { from, to, upTo, title, signal, newId }: Duplication,
): Promise<Commit> {
  const bySession = transaction.objectStore('snapshots').index('sessionId');
  const [session, all, taken, takenSession] = await requestAll(
    () => transaction.objectStore('sessions').get(from),
    () => bySession.getAll(startingWith(from)),
    () => bySession.count(startingWith(to)),
    () => transaction.objectStore('sessions').getKey(to),
  );
  if (taken > 0 || takenSession !== undefined) {
    throw new SessionStoreError('ALREADY_EXISTS', `there is a session "${to}"`, 'options.sessionId');
  }
  const original = wholeSession(session, from);
  const { whole, damaged } = sortOut(all, isSnapshotRow);
  if (damaged[0] !== undefined) throw unreadable('snapshot', damaged[0]);
  if (!original || whole.length === 0) {
    throw new SessionStoreError('NOT_FOUND', `there is no session "${from}"`, 'sessionId');
  }
  const rows = (upTo === undefined ? whole : historyOf(whole, upTo, from)).map((row) => ({
    ...row,
    ...(row.state && { state: ownedBy(to, from, row.state) }),
  }));

  const pace = paceWithin(transaction, signal);
  const commit = await beginCommit(transaction);
  const first = Math.max(commit.version, (await latestLog(transaction)) + 1);
  const numbers = new Map<number, number>();
  await pace.run(
    each(rows, (row) => {
      for (const log of logsOf(row)) if (!numbers.has(log)) numbers.set(log, first + numbers.size);
    }),
  );
  // Of a medium that no copied entry has, the number is kept until the entry is cut off.
  const numberOf = (log: number) => numbers.get(log) ?? log;
  const reached = await pace.run(gathering(spansOfAll(rows)));
  const logs = transaction.objectStore('logs');
  for (const [log, copy] of numbers) {
    for (const key of await logs.getAllKeys(startingWith(log))) {
      await pace.rest();
      const row: unknown = await logs.get(key);
      if (!isLogRow(row)) throw unreadable('session', from, row);
      const moved = await pace.run(renumberedRow(row, numberOf));
      await logs.put(moved, logKey(copy, moved));
    }
    await keepOnly(transaction, copy, reached.get(log) ?? [], 0, signal);
  }

  const ids = new Map(rows.map(({ id }) => [id, newId()]));
  const idOf = (id: string | undefined) => (id === undefined ? undefined : ids.get(id));
  const copies: SnapshotRow[] = [];
  for (const { client: _, ...row } of rows) {
    const parentId = idOf(row.info.parentId);
    const info: SnapshotRow['info'] = { ...row.info, sessionId: to };
    delete info.parentId;
    if (parentId !== undefined) info.parentId = parentId;
    if (info['status'] === 'pending') Object.assign(info, { status: 'aborted', finishReason: 'aborted' });
    copies.push({
      ...row,
      format: ROW_FORMAT,
      id: idOf(row.id)!,
      sessionId: to,
      version: first + numbers.size + copies.length,
      info,
      ...(row.state && { state: await pace.run(renumberedState(row.state, numberOf)) }),
      own: [],
    });
  }
  commit.version = first + numbers.size + copies.length - 1;
  await ofAll(copies, (row) => transaction.objectStore('snapshots').add(row), signal);
  putClock(transaction, commit.version);
  const { written: _, receipts: __, ...basis } = unnamed(original);
  const copy = sessionRow(
    { ...basis, id: to, ...(title !== undefined && { title }), saved: commit.version, unsealed: 0 },
    leavesIn(copies),
    copies.length,
    idOf(upTo ?? original.selected),
    commit,
  );
  await transaction.objectStore('sessions').put(copy);
  commit.sessions.set(to, copy);
  note(transaction, 'session', to, commit.version);
  return commit;
}

/** The rows from the root to a snapshot. */
function historyOf(rows: readonly SnapshotRow[], id: string, sessionId: string): SnapshotRow[] {
  const known = new Map(rows.map((row) => [row.id, row]));
  if (!known.has(id)) throw noSnapshot(id, sessionId, 'options.upTo');
  const history = new Set<SnapshotRow>();
  for (let row = known.get(id); row && !history.has(row); row = known.get(row.info.parentId ?? ''))
    history.add(row);
  return rows.filter((row) => history.has(row));
}

/** Names up to this length are always in the snapshot's own row. */
const SHORT = 200;

/** A state may name its session, too; a name that is long is an entry of a log, which is not copied then. */
function ownedBy(to: string, from: string, { fields, media }: StoredState): StoredState {
  const isOwn = ([key, kind, content]: StoredField) =>
    key === 'sessionId' && (kind === 'value' ? content === from : from.length > SHORT);
  return { media, fields: fields.map((field) => (isOwn(field) ? ['sessionId', 'value', to] : field)) };
}

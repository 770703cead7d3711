import { startingWith } from '../../database/key-order.js';
import { putClock, requestAll } from '../../database/transaction.js';
import {
  ROW_FORMAT,
  logKey,
  type LogRow,
  type SnapshotRow,
  type WriteTransaction,
} from '../../database/schema.js';
import { isHidden } from '../../database/rows.js';
import { purge } from '../../snapshots/delete/hide.js';
import { each, ofAll, paceWithin } from '../../database/pace.js';
import { SessionStoreError } from '../../errors.js';
import {
  beginCommit,
  type Commit,
  latestLog,
  NO_SESSION,
  noteLoose,
  readClock,
} from '../../snapshots/commit.js';
import { previewIn } from '../../snapshots/preview.js';
import { note } from '../../snapshots/outbox.js';
import { leavesIn, sessionRow } from '../../snapshots/session-row.js';
import { removeRows } from '../../snapshots/delete/delete.js';
import type { StoredSnapshot } from '../../snapshots/stored-snapshot.js';
import { assembleState, type RowsByLog } from '../../logs/load.js';
import type { LaidOut } from './to-rows.js';
import { renumberedRow, renumberedState } from '../../logs/renumber.js';

/** The stored snapshots' ids of a session, or of a snapshot without one. */
export interface Present {
  isThere: boolean;
  ids: string[];
}

/** Finds what is stored of the session. Errors: `ALREADY_EXISTS` if another session has a snapshot of the same id. */
export async function findPresent(
  transaction: WriteTransaction,
  session: LaidOut,
  signal: AbortSignal | undefined,
): Promise<Present> {
  const snapshots = transaction.objectStore('snapshots');
  const sessionId = session.sessionId ?? '';
  const [own, row] = await requestAll(
    () =>
      sessionId === ''
        ? Promise.resolve([])
        : snapshots.index('sessionId').getAllKeys(startingWith(sessionId)),
    () => transaction.objectStore('sessions').get(sessionId),
  );
  const isThere = row !== undefined && !isHidden(row);
  // Whoever imports it wants it back, as it is in the file.
  if (isHidden(row)) {
    // It says whether the database syncs.
    await readClock(transaction);
    await purge(transaction, sessionId);
  }
  const taken = await ofAll(session.snapshots, ({ id }) => snapshots.getKey(id), signal);
  const ids = new Set(own);
  for (const id of taken) {
    if (id === undefined || ids.has(id)) continue;
    const owner: unknown = (await snapshots.get(id))?.sessionId;
    if (sessionId !== '' || owner !== '') {
      throw new SessionStoreError(
        'ALREADY_EXISTS',
        `another session has a snapshot "${id}". Import with onConflict: 'fork'`,
        'snapshotId',
      );
    }
    ids.add(id);
  }
  return { isThere: isThere || ids.size > 0, ids: [...ids] };
}

/** Writes a whole session in place of what is stored. */
export async function writeSession(
  transaction: WriteTransaction,
  session: LaidOut,
  present: Present,
  signal: AbortSignal | undefined,
): Promise<Commit> {
  const commit = await beginCommit(transaction);
  const sessionId = session.sessionId ?? '';
  if (present.isThere) await removeRows(transaction, commit, sessionId, present.ids, signal, true);
  const pace = paceWithin(transaction, signal);
  const first = Math.max(commit.version, (await latestLog(transaction)) + 1);
  const numberOf = (log: number) => first + log;
  const logs = new Map<number, LogRow[]>();
  const puts: { log: number; row: LogRow }[] = [];
  let index = -1;
  for (const own of session.logs) {
    index++;
    const log = first + index;
    const rows: LogRow[] = [];
    for (const row of own) rows.push(await pace.run(renumberedRow(row, numberOf)));
    await pace.run(each(rows, (row) => puts.push({ log, row })));
    logs.set(log, rows);
  }
  const rows: SnapshotRow[] = [];
  for (const { state, ...snapshot } of session.snapshots) {
    const preview = previewIn(state, (log, at) => {
      const row = logs.get(first + log)?.find((each) => at >= each.at && at < each.at + each.entries.length);
      return row?.entries[at - row.at];
    });
    rows.push({
      ...snapshot,
      format: ROW_FORMAT,
      sessionId,
      version: first + logs.size + rows.length,
      ...(state !== undefined && { state: state && (await pace.run(renumberedState(state, numberOf))) }),
      ...(preview !== undefined && { preview }),
      own: [],
    });
  }
  commit.version = first + logs.size + rows.length - 1;

  await ofAll(puts, ({ log, row }) => transaction.objectStore('logs').put(row, logKey(log, row)), signal);
  await ofAll(rows, (row) => transaction.objectStore('snapshots').add(row), signal);
  putClock(transaction, commit.version);
  if (sessionId !== '') {
    const { title, metadata, createdMs, updatedMs, selected } = session;
    const basis = {
      format: ROW_FORMAT,
      id: sessionId,
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
      createdMs,
      updatedMs,
      saved: commit.version,
      unsealed: 0,
    };
    const row = sessionRow(basis, leavesIn(rows), rows.length, selected, commit);
    await transaction.objectStore('sessions').put(row);
    commit.sessions.set(sessionId, row);
    note(transaction, 'session', sessionId, commit.version);
  } else await noteLoose(transaction, NO_SESSION, [commit]);
  commit.snapshots = rows.map((row) => storedSnapshot(row, logs));
  return commit;
}

/** Assembled only for watchers. */
function storedSnapshot(row: SnapshotRow, logs: RowsByLog): StoredSnapshot {
  return {
    row,
    get state() {
      return assembleState(row, logs);
    },
  };
}

import { putClock } from '../database/receipt.js';
import {
  ROW_FORMAT,
  logKey,
  startingWith,
  type LogRow,
  type SnapshotRow,
  type Spans,
  type WriteTransaction,
} from '../database/schema.js';
import { together } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { beginCommit, type Commit } from '../history/commit.js';
import { leavesIn } from '../history/leaves.js';
import { removeRows } from '../history/remove.js';
import type { StoredSnapshot } from '../history/rows.js';
import { assembleState } from '../logs/load.js';
import type { LaidOut } from './lay-out.js';

/** What of a session, or of a snapshot without one, is there already: ids of its snapshots. */
export interface Present {
  isThere: boolean;
  ids: string[];
}

/** Looks for the session. Errors: `ALREADY_EXISTS` if one of its snapshots has the id of another session's. */
export async function findPresent(transaction: WriteTransaction, session: LaidOut): Promise<Present> {
  const snapshots = transaction.objectStore('snapshots');
  const sessionId = session.sessionId ?? '';
  const [own, row, ...taken] = await together(
    () =>
      sessionId === ''
        ? Promise.resolve([])
        : snapshots.index('sessionId').getAllKeys(startingWith(sessionId)),
    () => transaction.objectStore('sessions').getKey(sessionId),
    ...session.snapshots.map(
      ({ id }) =>
        () =>
          snapshots.getKey(id),
    ),
  );
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
  return { isThere: row !== undefined || ids.size > 0, ids: [...ids] };
}

/** Writes a session whole, in place of what is there. */
export async function writeSession(
  transaction: WriteTransaction,
  session: LaidOut,
  present: Present,
): Promise<Commit> {
  const commit = await beginCommit(transaction);
  const sessionId = session.sessionId ?? '';
  if (present.isThere) await removeRows(transaction, commit, sessionId, present.ids);
  const first = commit.version;
  const logs = session.logs.map((rows, log) => ({
    log: first + log,
    rows: rows.map((row) => movedRow(row, first)),
  }));
  const rows = session.snapshots.map(({ state, ...snapshot }, index): SnapshotRow => ({
    ...snapshot,
    format: ROW_FORMAT,
    sessionId,
    version: first + logs.length + index,
    ...(state !== undefined && {
      state: state && {
        fields: state.fields.map(([key, kind, content]) =>
          kind === 'value' ? [key, kind, content] : [key, kind, moved(content, first)],
        ),
        media: moved(state.media, first),
      },
    }),
    own: [],
  }));
  commit.version = first + logs.length + rows.length - 1;

  // What becomes of each is the transaction's to say; but they are looked at, so that nobody else has to.
  const send = (request: Promise<unknown>) => void request.catch(() => {});
  for (const { log, rows } of logs) {
    for (const row of rows) send(transaction.objectStore('logs').put(row, logKey(log, row)));
  }
  for (const row of rows) send(transaction.objectStore('snapshots').add(row));
  send(putClock(transaction, commit.version));
  if (sessionId !== '') {
    const { title, metadata, createdMs, updatedMs, selected } = session;
    const row = {
      format: ROW_FORMAT,
      id: sessionId,
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
      createdMs,
      updatedMs,
      snapshots: rows.length,
      ...(selected !== undefined && { selected }),
      ...leavesIn(rows),
      version: commit.version,
      saved: commit.version,
      unsealed: 0,
    };
    send(transaction.objectStore('sessions').put(row));
    commit.sessions.set(sessionId, row);
  }
  commit.snapshots = rows.map((row) => storedSnapshot(row, logs));
  return commit;
}

/** Put together only for those who watch it. */
function storedSnapshot(row: SnapshotRow, logs: Parameters<typeof assembleState>[1]): StoredSnapshot {
  return {
    row,
    get state() {
      return assembleState(row, logs);
    },
  };
}

const moved = (spans: Spans, first: number): Spans =>
  spans.map((part, i) => (i % 3 === 0 ? part + first : part));

/** A copy, since the transaction may have to be done again. */
function movedRow(row: LogRow, first: number): LogRow {
  if (!row.media) return row;
  return { ...row, media: row.media.map(([index, path, log, at]) => [index, path, log + first, at]) };
}

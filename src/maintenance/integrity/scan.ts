import { nameOfKey } from '../../database/key-order.js';
import {
  isEncrypted,
  isHidden,
  isNewer,
  isSessionRow,
  isSnapshotRow,
  isSyncing,
  unsigned,
  withoutKey,
} from '../../database/rows.js';
import {
  logKey,
  type HiddenSession,
  type LockedClock,
  type LogKey,
  type LogRow,
  type ReadTransaction,
  type SessionRow,
  type SnapshotRow,
} from '../../database/schema.js';
import { each, type Pace, type Steps } from '../../database/pace.js';
import { merging, type Run } from '../../logs/runs.js';
import { hiddenIn } from '../../snapshots/delete/hide.js';
import type { Schema } from '../../values/schema.js';
import { logKeySchema, rowSchemas } from './row-schemas.js';
import type { Unreadable } from './unreadable-keys.js';
import { addTo } from '../../values/collections.js';

/** Rows of a store, by whether they are readable. */
export interface Sorted<Row> {
  whole: Row[];
  damaged: Row[];
  /** Written by a newer version of Offshoot. */
  newer: Row[];
}

/** The same for logs, without the entries themselves. */
export interface LogContents {
  whole: LogKey[];
  damaged: IDBValidKey[];
  newer: IDBValidKey[];
  /** The runs of each log that exist; for a newer row, those that its key names. */
  runs: Map<number, Run[]>;
  /** The media of each log's entries: the entry's position, and where the medium is stored. */
  media: Map<number, { at: number; log: number; mediaAt: number }[]>;
  entries: number;
  bytes: number;
}

/** The content of a database, read in one transaction. */
export interface Contents {
  /** Snapshots of hidden sessions, which are left as they are. */
  hidden: SnapshotRow[];
  snapshots: Sorted<SnapshotRow>;
  sessions: Sorted<SessionRow>;
  logs: LogContents;
  meta: Map<IDBValidKey, unknown>;
  quarantined: number;
}

/** Skips the rows in `unreadable`. */
export async function readContents(
  transaction: ReadTransaction,
  unreadable: Unreadable,
  pace: Pace,
): Promise<Contents> {
  const meta = transaction.objectStore('meta');
  const [metaKeys, metaRows] = [await meta.getAllKeys(), await meta.getAll()];
  // Without a key, an encrypted database cannot be checked.
  if (metaRows.some((row) => Array.isArray((row as LockedClock | null)?.keys))) throw withoutKey();
  transaction.syncs = isSyncing(metaRows[metaKeys.indexOf('clock')]);
  const snapshots = await transaction.objectStore('snapshots').getAll();
  const sessions = await transaction.objectStore('sessions').getAll();
  const hiding = hidingIn(sessions, snapshots);
  const hidden = new Map<unknown, SnapshotRow>();
  for (const row of snapshots) {
    const snapshot = hiddenIn(row);
    if (snapshot && hiding.has(snapshot.sessionId)) hidden.set(row, snapshot);
  }
  const shown = snapshots.filter((row) => !hidden.has(row));
  const shownSessions = sessions.filter(({ id }) => !hiding.has(id));
  return {
    snapshots: await pace.run(sorted(shown, rowSchemas.snapshots)),
    sessions: await pace.run(sorted(shownSessions, rowSchemas.sessions)),
    hidden: [...hidden.values()],
    logs: await readLogs(transaction, unreadable, pace),
    meta: new Map(
      metaKeys.map((key, index) => [key, key === 'clock' ? unsigned(metaRows[index]) : metaRows[index]]),
    ),
    quarantined: await transaction.objectStore('quarantine').count(),
  };
}

/** The sessions that are hidden and can be restored. None has snapshots that are shown. */
function hidingIn(sessions: readonly unknown[], snapshots: readonly SnapshotRow[]): Set<string> {
  const rows = (sessions as HiddenSession[]).filter((row) => isHidden(row) && isSessionRow(row.hidden));
  const ids = new Set(rows.map(({ id }) => id));
  for (const row of snapshots) if (!isHidden(row) && isSnapshotRow(row)) ids.delete(row.sessionId);
  return ids;
}

function* sorted<Row>(rows: readonly Row[], schema: Schema): Steps<Sorted<Row>> {
  const result: Sorted<Row> = { whole: [], damaged: [], newer: [] };
  yield* each(rows, (row) => result[kindOf(row, schema)].push(row));
  return result;
}

function kindOf(row: unknown, schema: Schema): keyof Sorted<unknown> {
  // An encrypted row is not damaged: with the key, rows are decrypted before they come here.
  if (isEncrypted(row)) throw withoutKey();
  // What was hidden and cannot be restored comes here, too.
  return isNewer(row) ? 'newer' : isHidden(row) || schema(row) ? 'damaged' : 'whole';
}

async function readLogs(
  transaction: ReadTransaction,
  unreadable: Unreadable,
  pace: Pace,
): Promise<LogContents> {
  const logs: LogContents = {
    whole: [],
    damaged: [],
    newer: [],
    runs: new Map(),
    media: new Map(),
    entries: 0,
    bytes: 0,
  };
  for await (const [key, value] of logRows(transaction, unreadable)) {
    await pace.step();
    const kind = kindOf(value, rowSchemas.logs);
    if (kind === 'newer') {
      logs.newer.push(key);
      if (isLogKey(key)) addTo(logs.runs, key[0], [key[2], key[1]]);
    } else if (kind === 'whole' && value && isKeyOf(key, value)) await pace.run(addRow(logs, key, value));
    else logs.damaged.push(key);
  }
  for (const [log, each] of logs.runs) logs.runs.set(log, await pace.run(merging(each)));
  for (const places of logs.media.values()) places.sort((a, b) => a.at - b.at);
  return logs;
}

/** All rows with their keys; `undefined` for rows that cannot be read. */
async function* logRows(
  transaction: ReadTransaction,
  unreadable: Unreadable,
): AsyncGenerator<[IDBValidKey, LogRow | undefined]> {
  const logs = transaction.objectStore('logs');
  if (unreadable.size > 0) {
    for (const key of await logs.getAllKeys()) {
      yield [key, unreadable.has(nameOfKey(key)) ? undefined : await logs.get(key)];
    }
    return;
  }
  for (let cursor = await logs.openCursor(); cursor; cursor = await cursor.continue()) {
    yield [cursor.key, cursor.value];
  }
}

const isLogKey = (key: unknown): key is LogKey => !logKeySchema(key);

const isKeyOf = (key: IDBValidKey, row: LogRow): key is LogKey =>
  isLogKey(key) && logKey(key[0], row).every((part, index) => part === key[index]);

function* addRow(logs: LogContents, key: LogKey, row: LogRow): Steps<void> {
  const [log, end, start] = key;
  logs.whole.push(key);
  logs.entries += row.entries.length;
  logs.bytes += row.size;
  addTo(logs.runs, log, [start, end]);
  if (!row.media) return;
  yield* each(row.media, ([index, , mediaLog, mediaAt]) =>
    addTo(logs.media, log, { at: row.at + index, log: mediaLog, mediaAt }),
  );
}

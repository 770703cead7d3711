import sqlite3InitModule, { type Database, type SAHPoolUtil, type Statement } from '@sqlite.org/sqlite-wasm';
import type { SavedTurn } from './protocol.js';

/** A write-ahead log keeps a commit over the browser's crash and not over a power cut, as `relaxed` means it. */
const RELAXED = 'PRAGMA locking_mode = exclusive; PRAGMA journal_mode = wal; PRAGMA synchronous = normal;';

const TABLES = `
  CREATE TABLE IF NOT EXISTS snapshots (
    id TEXT PRIMARY KEY, session TEXT, parent TEXT, ord INTEGER, depth INTEGER, createdAt TEXT, length INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS latest ON snapshots (session, ord);
  CREATE TABLE IF NOT EXISTS messages (
    session TEXT, ord INTEGER, number INTEGER, json TEXT, PRIMARY KEY (session, ord, number)
  ) WITHOUT ROWID;
`;

const TURN =
  'INSERT OR REPLACE INTO snapshots (id, session, parent, ord, depth, createdAt, length) VALUES (?, ?, ?, ?, ?, ?, ?)';
const MESSAGE = 'INSERT OR REPLACE INTO messages (session, ord, number, json) VALUES (?, ?, ?, ?)';
const HEAD = 'SELECT id, ord, depth, length FROM snapshots WHERE session = ? ORDER BY ord DESC LIMIT 1';
const LAST =
  'SELECT json FROM messages WHERE session = ? AND ord <= ? ORDER BY ord DESC, number DESC LIMIT ?';
/** Where the session has branches. */
const PATH = `
  WITH RECURSIVE path (ord, parent) AS (
    SELECT ord, parent FROM snapshots WHERE id = ?
    UNION ALL SELECT up.ord, up.parent FROM snapshots up JOIN path ON up.id = path.parent
  )
  SELECT json FROM path JOIN messages ON session = ? AND messages.ord = path.ord
  ORDER BY path.ord DESC, number DESC LIMIT ?`;

/** The conversations in SQLite: a row for each message, another for each snapshot. */
export async function openDatabase(relaxed: boolean) {
  const sqlite3 = await sqlite3InitModule();
  const pool: SAHPoolUtil = await sqlite3.installOpfsSAHPoolVfs({});
  const database: Database = new pool.OpfsSAHPoolDb('/bench.db');
  if (relaxed) database.exec(RELAXED);
  database.exec(TABLES);
  const prepared = new Map<string, Statement>();

  function run(sql: string, values: unknown[], row?: (statement: Statement) => void): void {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    if (values.length > 0) statement.bind(values);
    while (statement.step()) row?.(statement);
    statement.reset();
  }

  return {
    save({ snapshotId, sessionId, parentId, order, depth, createdAt, length, added }: SavedTurn): void {
      run('BEGIN', []);
      run(TURN, [snapshotId, sessionId, parentId ?? null, order, depth, createdAt, length]);
      added.forEach((json, number) => run(MESSAGE, [sessionId, order, number, json]));
      run('COMMIT', []);
    },
    readLatest(sessionId: string): string | undefined {
      const messages: string[] = [];
      const take = (statement: Statement) => messages.push(statement.getString(0));
      const heads: { id: string; order: number; depth: number; length: number }[] = [];
      run(HEAD, [sessionId], (found) => {
        const [order, depth, length] = [1, 2, 3].map((at) => found.getInt(at)) as [number, number, number];
        heads.push({ id: found.getString(0), order, depth, length });
      });
      const [head] = heads;
      if (!head) return undefined;
      if (head.order === head.depth) run(LAST, [sessionId, head.order, head.length], take);
      else run(PATH, [head.id, sessionId, head.length], take);
      return `[${messages.reverse().join()}]`;
    },
    living(): { rows: number; bytes: number } {
      const found = { rows: 0, bytes: 0 };
      const add = (statement: Statement) => {
        found.rows += statement.getInt(0);
        found.bytes += statement.getInt(1);
      };
      const snapshot = 'length(id || session || ifnull(parent, 0) || ord || depth || createdAt || length)';
      run(`SELECT count(*), sum(${snapshot}) FROM snapshots`, [], add);
      run(
        'SELECT count(*), sum(octet_length(json) + length(session || ord || number)) FROM messages',
        [],
        add,
      );
      return found;
    },
    close(): void {
      for (const statement of prepared.values()) statement.finalize();
      database.close();
      // Lets the next page have the files.
      pool.pauseVfs();
    },
  };
}

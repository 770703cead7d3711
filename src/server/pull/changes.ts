import type { ChangesPage, DeletedSession, ListedSession } from '../../sync/protocol/index.js';
import type { Database, Row } from '../database/driver.js';
import { fieldsOf } from '../push/read-state.js';
import { idOf } from '../request/keys.js';
import { openTenant } from '../tenant/tenant-row.js';
import { cursorOf, isKnown, renewGeneration, tokenAt } from './cursor.js';

/** Rows and bytes of a page. */
export const PAGE_ROWS = 500;
export const PAGE_BYTES = 2_000_000;

export const SESSION_COLUMNS =
  'incarnation, session, seq, format, created_ms, updated_ms, latest_ms, snapshots, fields';

/** Sessions that changed since, in the order of their numbers: one statement, so one snapshot of the database. */
export async function changes(
  database: Database,
  tenant: string,
  since: string | undefined,
  now: number,
): Promise<ChangesPage> {
  const cursor = since === undefined ? undefined : cursorOf(since);
  const rows = await database.query(
    `SELECT t.seq AS top, t.token, t.generation, t.horizon, ${tokenAt('t.id', '$2::bigint')} AS known, c.*
       FROM offshoot_tenants t LEFT JOIN (
         SELECT x.*, sum(length(x.fields)) OVER (ORDER BY x.seq) AS total FROM (
           (SELECT ${SESSION_COLUMNS}, 0 AS deleted, 0 AS saw FROM offshoot_sessions
            WHERE tenant = $1::text AND seq > $2::bigint ORDER BY seq LIMIT $3::bigint)
           UNION ALL
           (SELECT incarnation, session, seq, 1, 0, 0, 0, 0, '', 1, saw FROM offshoot_tombstones
            WHERE tenant = $1::text AND seq > $2::bigint AND snapshot = '' AND $2::bigint > 0
            ORDER BY seq LIMIT $3::bigint)
         ) x ORDER BY x.seq LIMIT $3::bigint
       ) c ON c.total - length(c.fields) < $4::bigint
       WHERE t.id = $1::text ORDER BY c.seq`,
    [tenant, cursor?.seq ?? 0, PAGE_ROWS + 1, PAGE_BYTES],
  );
  const [first] = rows;
  if (!first) {
    // Nobody has been here before; or the tenant was deleted, and the cursor is of its former life.
    const { seq, token, generation } = await openTenant(database, tenant, now);
    if (cursor) return { generation, now, more: false, reset: true, sessions: [] };
    return { generation, now, more: false, cursor: `${seq}:${token}`, sessions: [] };
  }
  if (cursor && !isKnown(cursor, first)) {
    const generation = await renewGeneration(database, tenant, cursor);
    return { generation, now, more: false, reset: true, sessions: [] };
  }
  return pageOf(database, tenant, rows, now);
}

async function pageOf(database: Database, tenant: string, rows: Row[], now: number): Promise<ChangesPage> {
  const [first] = rows as [Row, ...Row[]];
  const found = rows.filter((row) => row['incarnation'] !== null);
  const listed = found.slice(0, PAGE_ROWS);
  const bytes = found.reduce((sum, row) => sum + (row['fields'] as string).length, 0);
  const last = listed.at(-1);
  // Cut by rows, or by bytes: there may be more.
  const more = found.length > PAGE_ROWS || bytes >= PAGE_BYTES;
  const cursor = more && last ? await cursorAt(database, tenant, Number(last['seq'])) : undefined;
  return {
    generation: first['generation'] as string,
    now,
    more,
    cursor: cursor ?? `${Number(first['top'])}:${first['token'] as string}`,
    sessions: listed.map(listedSession),
  };
}

async function cursorAt(database: Database, tenant: string, seq: number): Promise<string> {
  const [row] = await database.query(`SELECT ${tokenAt('$1::text', '$2::bigint')} AS token`, [tenant, seq]);
  return `${seq}:${row!['token'] as string}`;
}

export function listedSession(row: Row): ListedSession | DeletedSession {
  const [incarnation, session] = [row['incarnation'] as string, idOf(row['session'] as string)];
  const seq = Number(row['seq']);
  if (Number(row['deleted']) === 1) {
    const saw = Number(row['saw']);
    return { incarnation, session, seq, deleted: true, ...(saw > 0 && { saw }) };
  }
  const fields = [...fieldsOf(row['fields'] as string)].map(([name, { json, seq }]) => [
    name,
    { ...(json !== undefined && { value: JSON.parse(json) as unknown }), seq },
  ]);
  return {
    incarnation,
    session,
    seq,
    createdMs: Number(row['created_ms']),
    updatedMs: Number(row['updated_ms']),
    latestMs: Number(row['latest_ms']),
    snapshots: Number(row['snapshots']),
    fields: Object.fromEntries(fields) as ListedSession['fields'],
    ...(Number(row['format']) > 1 && { format: Number(row['format']) }),
  };
}

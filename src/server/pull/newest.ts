import type { ChangesPage } from '../../sync/protocol/index.js';
import type { Database } from '../database/driver.js';
import { openTenant } from '../tenant/tenant-row.js';
import { listedSession, PAGE_BYTES, PAGE_ROWS, SESSION_COLUMNS } from './changes.js';

/**
 * All living sessions, the newest first. What moves between two pages has a number beyond the cursor of the first, which
 * every `next` carries and the last page hands over.
 */
export async function newest(
  database: Database,
  tenant: string,
  after: string | undefined,
  now: number,
): Promise<ChangesPage> {
  const [fixed, ms, incarnation] = after?.split(',') ?? [];
  const rows = await database.query(
    `SELECT t.seq AS top, t.token, t.generation, c.* FROM offshoot_tenants t LEFT JOIN (
         SELECT x.*, sum(length(x.fields)) OVER (ORDER BY x.updated_ms DESC, x.incarnation DESC) AS total FROM (
           SELECT ${SESSION_COLUMNS} FROM offshoot_sessions
           WHERE tenant = $1::text AND (updated_ms, incarnation) < ($2::bigint, $3::text)
           ORDER BY updated_ms DESC, incarnation DESC LIMIT $4::bigint
         ) x
       ) c ON c.total - length(c.fields) < $5::bigint
       WHERE t.id = $1::text ORDER BY c.updated_ms DESC, c.incarnation DESC`,
    [
      tenant,
      ms === undefined ? Number.MAX_SAFE_INTEGER : Number(ms),
      incarnation ?? '',
      PAGE_ROWS + 1,
      PAGE_BYTES,
    ],
  );
  const [first] = rows;
  if (!first) {
    const { seq, token, generation } = await openTenant(database, tenant, now);
    return { generation, now, more: false, cursor: `${seq}:${token}`, sessions: [] };
  }
  const found = rows.filter((row) => row['incarnation'] !== null);
  const listed = found.slice(0, PAGE_ROWS);
  const bytes = found.reduce((sum, row) => sum + (row['fields'] as string).length, 0);
  const more = found.length > PAGE_ROWS || bytes >= PAGE_BYTES;
  const cursor = fixed ?? `${Number(first['top'])}:${first['token'] as string}`;
  const last = listed.at(-1);
  return {
    generation: first['generation'] as string,
    now,
    more,
    ...(more && last
      ? { next: `${cursor},${Number(last['updated_ms'])},${last['incarnation'] as string}` }
      : { cursor }),
    sessions: listed.map(listedSession),
  };
}

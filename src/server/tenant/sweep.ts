import type { Database } from '../database/driver.js';
import { lockTenant, newToken } from './tenant-row.js';

export const DAY_MS = 86_400_000;

/**
 * Once a day for each tenant that pushes: lets the feed begin later, and frees media that came and were never named.
 */
export async function sweep(
  database: Database,
  tenant: string,
  horizonDays: number,
  now: number,
): Promise<void> {
  await database.transaction(async (session) => {
    const row = await lockTenant(session, tenant);
    if (!row || now - row.sweptMs < DAY_MS) return;
    const [last] = await session.query(
      'SELECT max(seq) AS seq FROM offshoot_pushes WHERE tenant = $1::text AND at_ms < $2::bigint',
      [tenant, now - horizonDays * DAY_MS],
    );
    const horizon = Math.max(row.horizon, Number(last?.['seq'] ?? 0));
    await session.query('DELETE FROM offshoot_pushes WHERE tenant = $1::text AND seq < $2::bigint', [
      tenant,
      horizon,
    ]);
    const freed = await session.query(
      `DELETE FROM offshoot_media m WHERE m.tenant = $1::text AND m.stored_ms < $2::bigint AND NOT EXISTS (
         SELECT 1 FROM offshoot_media_uses u WHERE u.tenant = m.tenant AND u.digest = m.digest)
       RETURNING m.bytes`,
      [tenant, now - DAY_MS],
    );
    const bytes = freed.reduce((sum, freed) => sum + Number(freed['bytes']), 0);
    await session.query(
      `UPDATE offshoot_tenants SET horizon = $2::bigint, bytes = bytes - $3::bigint, swept_ms = $4::bigint
       WHERE id = $1::text`,
      [tenant, horizon, bytes, now],
    );
    if (freed.length === 0) return;
    // The counter moves, so that a push which saw those media reads again.
    const token = newToken(row.generation);
    await session.query(
      'UPDATE offshoot_tenants SET seq = $2::bigint, token = $3::text WHERE id = $1::text',
      [tenant, row.seq + 1, token],
    );
    await session.query(
      `INSERT INTO offshoot_pushes (tenant, seq, token, at_ms)
       VALUES ($1::text, $2::bigint, $3::text, $4::bigint)`,
      [tenant, row.seq + 1, token, now],
    );
  });
}

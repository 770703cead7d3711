import type { Limits } from '../../sync/protocol/index.js';
import type { Database } from '../database/driver.js';
import { Problem } from '../http/problem.js';
import { createTenant, lockTenant } from '../tenant/tenant-row.js';

/** Stores a part. The same again changes nothing: what is stored under a digest is stored for good. */
export async function putPart(
  database: Database,
  tenant: string,
  digest: string,
  part: number,
  data: Uint8Array,
  limits: Limits,
  now: number,
): Promise<void> {
  if ((await readPart(database, tenant, digest, part, true)) !== undefined) return;
  await database.transaction(async (session) => {
    let row = await lockTenant(session, tenant);
    while (!row) {
      await createTenant(session, tenant, now);
      row = await lockTenant(session, tenant);
    }
    if (row.bytes + data.length > limits.tenantBytes) throw noRoom(limits);
    const stored = await session.query(
      `INSERT INTO offshoot_media (tenant, digest, part, bytes, stored_ms, data)
         VALUES ($1::text, $2::text, $3::bigint, $4::bigint, $5::bigint, $6::bytea)
         ON CONFLICT (tenant, digest, part) DO NOTHING RETURNING bytes`,
      [tenant, digest, part, data.length, now, data],
    );
    if (stored.length === 0) return;
    await session.query('UPDATE offshoot_tenants SET bytes = bytes + $2::bigint WHERE id = $1::text', [
      tenant,
      data.length,
    ]);
  });
}

export const noRoom = ({ tenantBytes }: Limits): Problem =>
  new Problem(
    429,
    'RESOURCE_EXHAUSTED',
    `there is no room left of the ${tenantBytes} bytes that this account may have; delete something`,
    { retryAfter: 3_600 },
  );

export async function readPart(
  database: Database,
  tenant: string,
  digest: string,
  part: number,
  isOnlyAsked = false,
): Promise<Uint8Array | undefined> {
  const [row] = await database.query(
    `SELECT CASE WHEN $4::bigint = 1 THEN NULL ELSE data END AS data FROM offshoot_media
       WHERE tenant = $1::text AND digest = $2::text AND part = $3::bigint`,
    [tenant, digest, part, isOnlyAsked ? 1 : 0],
  );
  return row && ((row['data'] as Uint8Array | null) ?? new Uint8Array());
}

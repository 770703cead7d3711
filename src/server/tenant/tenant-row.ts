import { nanoid } from 'nanoid';
import type { Row, Session } from '../database/driver.js';

export interface TenantRow {
  id: string;
  seq: number;
  /** Of the last push. */
  token: string;
  generation: string;
  /** The feed begins here. */
  horizon: number;
  bytes: number;
  sweptMs: number;
}

export const tenantRow = (row: Row): TenantRow => ({
  id: row['id'] as string,
  seq: Number(row['seq']),
  token: row['token'] as string,
  generation: row['generation'] as string,
  horizon: Number(row['horizon']),
  bytes: Number(row['bytes']),
  sweptMs: Number(row['swept_ms']),
});

/**
 * Tells a push. Its first part is the generation, so that a device with a cursor of an earlier generation does not begin yet
 * another one.
 */
export const newToken = (generation: string): string => `${generation}.${nanoid(12)}`;

export const generationOf = (token: string): string => token.slice(0, token.indexOf('.'));

export const newGeneration = (): string => nanoid(12).replaceAll('.', '_');

const COLUMNS = 'id, seq, token, generation, horizon, bytes, swept_ms';

export async function readTenant(session: Session, tenant: string): Promise<TenantRow | undefined> {
  const [row] = await session.query(`SELECT ${COLUMNS} FROM offshoot_tenants WHERE id = $1::text`, [tenant]);
  return row && tenantRow(row);
}

/** Until the transaction ends, nobody else changes anything of the tenant. */
export async function lockTenant(session: Session, tenant: string): Promise<TenantRow | undefined> {
  const [row] = await session.query(
    `SELECT ${COLUMNS} FROM offshoot_tenants WHERE id = $1::text FOR UPDATE`,
    [tenant],
  );
  return row && tenantRow(row);
}

/** Makes the tenant's row, if nobody has. */
export async function createTenant(session: Session, tenant: string, now: number): Promise<void> {
  const generation = newGeneration();
  await session.query(
    `WITH made AS (
       INSERT INTO offshoot_tenants (id, seq, token, generation, horizon, bytes, swept_ms)
       VALUES ($1::text, 0, $2::text, $3::text, 0, 0, $4::bigint) ON CONFLICT (id) DO NOTHING RETURNING id, token)
     INSERT INTO offshoot_pushes (tenant, seq, token, at_ms)
     SELECT made.id, 0, made.token, $4::bigint FROM made ON CONFLICT (tenant, seq) DO NOTHING`,
    [tenant, newToken(generation), generation, now],
  );
}

export async function openTenant(session: Session, tenant: string, now: number): Promise<TenantRow> {
  for (;;) {
    const row = await readTenant(session, tenant);
    if (row) return row;
    await createTenant(session, tenant, now);
  }
}

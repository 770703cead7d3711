import type { Database, Row } from '../database/driver.js';
import { Problem } from '../http/problem.js';
import { lockTenant, newGeneration, newToken, generationOf, type TenantRow } from '../tenant/tenant-row.js';

export interface Cursor {
  seq: number;
  token: string;
}

export const cursorOf = (text: string): Cursor => {
  const colon = text.indexOf(':');
  return { seq: Number(text.slice(0, colon)), token: text.slice(colon + 1) };
};

/** The token of the push that a number belongs to, as an expression: of one tenant, at a place in the parameters. */
export const tokenAt = (tenant: string, seq: string): string =>
  `(SELECT p.token FROM offshoot_pushes p WHERE p.tenant = ${tenant} AND p.seq >= ${seq} ORDER BY p.seq LIMIT 1)`;

/**
 * The server does not know a cursor that it gave: it went back to a backup. Everybody is told so by a new generation, which
 * is made once: whoever comes with a cursor of another generation is told of this one.
 */
export async function renewGeneration(database: Database, tenant: string, cursor: Cursor): Promise<string> {
  return database.transaction(async (session) => {
    const row = await lockTenant(session, tenant);
    if (!row)
      throw new Problem(503, 'UNAVAILABLE', 'the tenant is being deleted; try again', { retryAfter: 1 });
    if (generationOf(cursor.token) !== row.generation) return row.generation;
    const [known] = await session.query(`SELECT ${tokenAt('$1::text', '$2::bigint')} AS token`, [
      tenant,
      cursor.seq,
    ]);
    if (known?.['token'] === cursor.token) return row.generation;
    const generation = newGeneration();
    const token = newToken(generation);
    await session.query(
      'UPDATE offshoot_tenants SET generation = $2::text, token = $3::text WHERE id = $1::text',
      [tenant, generation, token],
    );
    // What was handed out at this number before is of the old generation.
    await session.query(
      'UPDATE offshoot_pushes SET token = $3::text WHERE tenant = $1::text AND seq = $2::bigint',
      [tenant, row.seq, token],
    );
    return generation;
  });
}

/** Whether a cursor was given in this life of the server; one from before the horizon may have been. */
export async function isOfThisLife(
  database: Database,
  tenant: TenantRow,
  { seq, token }: Cursor,
): Promise<boolean> {
  if (seq < tenant.horizon || token === tenant.token) return true;
  const [row] = await database.query(`SELECT ${tokenAt('$1::text', '$2::bigint')} AS token`, [
    tenant.id,
    seq,
  ]);
  return row?.['token'] === token;
}

/** Whether a cursor was given by this server, in this life of it. Throws if the feed does not go back so far. */
export function isKnown(cursor: Cursor, row: Row): boolean {
  if (cursor.seq < Number(row['horizon'])) {
    throw new Problem(
      410,
      'FAILED_PRECONDITION',
      'the feed does not go back so far: list all sessions, and compare',
      { path: 'since' },
    );
  }
  return row['known'] === cursor.token;
}

import type { PGlite } from '@electric-sql/pglite';

/** All rows of a tenant, by table. */
export type KeptTenant = [table: string, rows: Record<string, unknown>[]][];

const TABLES = [
  'sessions',
  'snapshots',
  'entries',
  'tombstones',
  'pushes',
  'replicas',
  'media',
  'media_uses',
].map((name) => [`offshoot_${name}`, 'tenant'] as const);
const ALL = [['offshoot_tenants', 'id'] as const, ...TABLES];

/** A backup. */
export async function keepTenant(database: PGlite, tenant: string): Promise<KeptTenant> {
  const kept: KeptTenant = [];
  for (const [table, key] of ALL) {
    const { rows } = await database.query<Record<string, unknown>>(
      `SELECT * FROM ${table} WHERE ${key} = $1`,
      [tenant],
    );
    kept.push([table, rows]);
  }
  return kept;
}

/** Puts a backup back, in place of what is there. */
export async function restoreTenant(database: PGlite, tenant: string, kept: KeptTenant): Promise<void> {
  for (const [table, key] of ALL) await database.query(`DELETE FROM ${table} WHERE ${key} = $1`, [tenant]);
  for (const [table, rows] of kept) {
    for (const row of rows) {
      const places = Object.keys(row).map((_, index) => `$${index + 1}`);
      const text = `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${places.join()})`;
      await database.query(text, Object.values(row));
    }
  }
}

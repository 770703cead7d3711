import { databaseOf, type SyncDatabase } from '../database/driver.js';
import { TABLES } from './tables.js';

/**
 * Removes everything that the server has of a tenant. A device that is still authorised pushes again what it has: take its
 * authorisation away first, or let it sign out without keeping anything.
 */
export async function deleteTenant(database: SyncDatabase, tenant: string): Promise<void> {
  await databaseOf(database).transaction(async (session) => {
    // First, so that pushes which are under way find no counter and begin anew.
    await session.query('DELETE FROM offshoot_tenants WHERE id = $1::text', [tenant]);
    for (const table of Object.keys(TABLES)) {
      await session.query(`DELETE FROM ${table} WHERE tenant = $1::text`, [tenant]);
    }
  });
}

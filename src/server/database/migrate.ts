import { databaseOf, type Session, type SyncDatabase } from './driver.js';
import { DatabaseFault } from './fault.js';
import { MIGRATIONS } from './migrations.js';

/**
 * Makes the tables, or brings them up to date. Safe to call at every start, and by several processes at once. The tables
 * begin with `offshoot_`.
 */
export async function migrate(database: SyncDatabase): Promise<void> {
  const session = databaseOf(database);
  await define(
    session,
    'CREATE TABLE IF NOT EXISTS offshoot_migrations (version bigint PRIMARY KEY, at_ms bigint NOT NULL)',
  );
  const rows = await session.query('SELECT version FROM offshoot_migrations', []);
  const done = new Set(rows.map(({ version }) => Number(version)));
  for (const [index, statement] of MIGRATIONS.entries()) {
    const version = index + 1;
    if (done.has(version)) continue;
    await define(session, statement);
    await session.query(
      'INSERT INTO offshoot_migrations (version, at_ms) VALUES ($1::bigint, $2::bigint) ON CONFLICT (version) DO NOTHING',
      [version, Date.now()],
    );
  }
}

async function define(session: Session, statement: string): Promise<void> {
  try {
    await session.query(statement, []);
  } catch (error) {
    const code = error instanceof DatabaseFault ? error.code : '';
    // Aurora DSQL makes indexes in the background and only so.
    if (code === '0A000') await session.query(statement.replace(' INDEX ', ' INDEX ASYNC '), []);
    // Another process made the same at the same time: `IF NOT EXISTS` looks before it waits.
    else if (code === '23505' || code === '42P07' || code === '42710') await session.query(statement, []);
    else throw error;
  }
}

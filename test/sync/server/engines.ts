// The databases that the same cases run over.
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import postgres from 'postgres';
import { migrate, type SyncDatabase } from '../../../src/server/index.js';

export interface Engine {
  name: string;
  database: SyncDatabase;
  close(): Promise<void>;
}

export async function openPGlite(): Promise<Engine> {
  const database = await PGlite.create();
  await migrate(database);
  return { name: 'PGlite', database, close: () => database.close() };
}

const urlOf = (port: number) => `postgres://offshoot@127.0.0.1:${port}/postgres`;

export async function openPg(port: number): Promise<Engine & { database: pg.Pool }> {
  const database = new pg.Pool({ connectionString: urlOf(port), max: 12 });
  // A killed server says so to idle connections as well.
  database.on('error', () => {});
  await migrate(database);
  return { name: 'pg', database, close: () => database.end() };
}

export async function openPostgres(port: number): Promise<Engine> {
  const database = postgres(urlOf(port), { max: 12, onnotice: () => {} });
  await migrate(database);
  return { name: 'postgres', database, close: () => database.end() };
}

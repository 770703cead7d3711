import { databaseOf, type Row, type SyncDatabase } from '../database/driver.js';
import { Statement } from '../database/statement.js';
import { TABLES } from './tables.js';

/** Media have up to 1 MiB. */
const ROWS = 16;

const base64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

const lineOf = (table: string, row: Row): string => {
  const columns = Object.entries(row).map(([name, value]) => {
    if (typeof value === 'bigint') return [name, Number(value)];
    return [name, value instanceof Uint8Array ? base64(value) : value];
  });
  return `${JSON.stringify({ table: table.replace('offshoot_', ''), ...Object.fromEntries(columns) })}\n`;
};

/**
 * Everything that the server has of a tenant, one row a line, as JSON; bytes in base64. What is pushed meanwhile may be in it
 * or not.
 */
export async function* exportTenant(
  driver: SyncDatabase,
  tenant: string,
): AsyncGenerator<string, void, void> {
  const database = databaseOf(driver);
  const rows = await database.query('SELECT * FROM offshoot_tenants WHERE id = $1::text', [tenant]);
  for (const row of rows) yield lineOf('offshoot_tenants', row);
  for (const [table, keys] of Object.entries(TABLES)) {
    for (let last: Row | undefined; ;) {
      const page = await readPage(database, table, keys, tenant, last);
      for (const row of page) yield lineOf(table, row);
      if (page.length < ROWS) break;
      last = page.at(-1);
    }
  }
}

const NUMBERS = new Set(['seq', 'at', 'part']);

async function readPage(
  database: ReturnType<typeof databaseOf>,
  table: string,
  keys: readonly string[],
  tenant: string,
  last: Row | undefined,
): Promise<Row[]> {
  const statement = new Statement();
  const place = statement.add(tenant, 'text');
  const values = keys.map((key) =>
    last ? statement.add(last[key] as string | number, NUMBERS.has(key) ? 'bigint' : 'text') : '',
  );
  const after = last ? `AND (${keys.join(', ')}) > (${values.join(', ')})` : '';
  return database.query(
    `SELECT * FROM ${table} WHERE tenant = ${place} ${after} ORDER BY ${keys.join(', ')} LIMIT ${ROWS}`,
    statement.parameters,
  );
}

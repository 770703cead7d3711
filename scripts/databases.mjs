// Where Debian puts PostgreSQL and PgBouncer.
import { existsSync, readdirSync } from 'node:fs';

/** Debian's packages. */
export const databases = { postgres: 'postgresql-15', pgbouncer: 'pgbouncer' };

/** The programs of the newest version. */
export function findPostgres() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  return versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => `${root}/${version}/bin`)
    .find((programs) => existsSync(`${programs}/initdb`));
}

export const findPgBouncer = () =>
  ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

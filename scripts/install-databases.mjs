// Makes sure that there are a PostgreSQL and a PgBouncer to test the server of sync with, beside the embedded database.
import { databases, findPgBouncer, findPostgres } from './databases.mjs';
import { installFromDebian } from './debian.mjs';

const missing = [
  ...(findPostgres() ? [] : [databases.postgres]),
  ...(findPgBouncer() ? [] : [databases.pgbouncer]),
];
if (missing.length > 0) installFromDebian(missing);

const [postgres, pgbouncer] = [findPostgres(), findPgBouncer()];
console.log(
  postgres ? `PostgreSQL: ${postgres}` : 'No PostgreSQL: its cases run over the embedded one only.',
);
console.log(pgbouncer ? `PgBouncer: ${pgbouncer}` : 'No PgBouncer.');
process.exitCode = postgres && pgbouncer ? 0 : 1;

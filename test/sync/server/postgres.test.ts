import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCases } from './cases/index.js';
import { begin, Device, handlerOver, newTenant } from './device.js';
import { openPg, openPostgres, type Engine } from './engines.js';
import { findPgBouncer, findPostgres } from '../../../scripts/databases.mjs';
import { startPgBouncer, startPostgres, type Endpoint, type PostgresServer } from './postgres-server.js';

const [postgres, pgbouncer] = [findPostgres(), findPgBouncer()];

test('these databases are here', () => {
  if (postgres && pgbouncer) return;
  const missing = [...(postgres ? [] : ['PostgreSQL']), ...(pgbouncer ? [] : ['PgBouncer'])].join(' and ');
  console.log(
    `Not run over ${missing}, which are not installed: npm run databases. The embedded one has run all cases.`,
  );
  expect(process.env['OFFSHOOT_ENGINES'], `${missing} must be here`).not.toBe('all');
});

if (postgres) {
  let server: PostgresServer;
  const engines: Record<string, Engine> = {};
  let bouncer: Endpoint | undefined;

  beforeAll(async () => {
    server = await startPostgres();
    engines['pg'] = await openPg(server.port);
    engines['postgres'] = await openPostgres(server.port);
    if (!pgbouncer) return;
    bouncer = await startPgBouncer(server.port);
    engines['pg through PgBouncer'] = await openPg(bouncer.port);
    engines['postgres through PgBouncer'] = await openPostgres(bouncer.port);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(Object.values(engines).map((engine) => engine.close()));
    await bouncer?.stop();
    await server.stop();
  });

  const names = [
    'pg',
    'postgres',
    ...(pgbouncer ? ['pg through PgBouncer', 'postgres through PgBouncer'] : []),
  ];
  for (const name of names) {
    describe(`over ${name}`, () => allCases(() => engines[name]!));
  }

  test('a database that is killed is unavailable, and afterwards has all that was acknowledged', async () => {
    const second = await startPostgres();
    const engine = await openPg(second.port);
    const one = new Device(handlerOver(engine.database), newTenant());
    const { incarnation } = await begin(one);
    const { cursor } = await one.changes();
    await second.kill();
    const response = await one.send('/changes');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).not.toBeNull();
    await second.start();
    await expect.poll(async () => (await one.send('/')).status).toBe(200);
    expect(await one.changes(`?since=${cursor}`)).toMatchObject({ sessions: [], more: false });
    expect((await one.session(incarnation)).rows).toHaveLength(2);
    await engine.close();
    await second.stop();
  });
}

// Mutated pushes: `npm run fuzz:sync` sends SYNC_FUZZ_RUNS of them, the suite a few.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPostgres } from '../../../scripts/databases.mjs';
import { databaseOf, type Database } from '../../../src/server/database/driver.js';
import { Device, entriesLine, handlerOver, newTenant, sessionLine, snapshotLine } from './device.js';
import { openPg, openPGlite, type Engine } from './engines.js';
import { startPostgres, type PostgresServer } from './postgres-server.js';

const runs = Number(process.env['SYNC_FUZZ_RUNS'] ?? 300);

let engine: Engine;
let server: PostgresServer | undefined;
let database: Database;
beforeAll(async () => {
  server = findPostgres() === undefined ? undefined : await startPostgres();
  engine = server ? await openPg(server.port) : await openPGlite();
  database = databaseOf(engine.database);
}, 120_000);
afterAll(async () => {
  await engine.close();
  await server?.stop();
});

const incarnation = fc.constantFrom('i1', 'i2', 'i3');
const log = fc.constantFrom('r1:1', 'r1:2', 'r2:1');
const id = fc.constantFrom('s1', 's2', 's3', 's4', 'odd \u0000 \ud800');
const number = fc.integer({ min: 0, max: 12 });

/** Lines as a device would send them, in any order. */
const line = fc.oneof(
  fc
    .tuple(incarnation, fc.constantFrom('trip', 'work', undefined), number)
    .map(([incarnation, session, saw]) =>
      sessionLine(incarnation, {
        ...(session !== undefined && { session }),
        fields: { title: { value: saw, saw, age: saw * 10 }, 'metadata.a': { saw, age: 5 } },
      }),
    ),
  fc
    .tuple(incarnation, log, number, fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }))
    .map(([incarnation, log, at, texts]) => entriesLine(incarnation, log, at, texts)),
  fc
    .tuple(incarnation, id, number, fc.constantFrom('pending', 'done', 'failed'), log, number, number, number)
    .map(([incarnation, id, saw, status, log, at, count, digest]) =>
      snapshotLine(incarnation, id, {
        saw,
        status,
        digest: `d${digest}`,
        spans: status === 'pending' ? [] : [log, at, count],
        ...(status === 'pending' && { beat: digest }),
      }),
    ),
  fc.tuple(incarnation, id).map(([incarnation, id]) => ({ op: 'delete-snapshot', incarnation, id })),
  incarnation.map((incarnation) => ({ op: 'delete-session', incarnation })),
);

/** What is done to the text of one push. */
type Mutation = (text: string) => string | Uint8Array<ArrayBuffer>;
const place = fc.double({ min: 0, max: 1, noNaN: true });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.constant((text: string) => text) },
  place.map(
    (at): Mutation =>
      (text) =>
        text.slice(0, at * text.length),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (text) =>
        text.slice(0, from * text.length) + text.slice(to * text.length),
  ),
  fc
    .tuple(
      place,
      fc.constantFrom(
        '"',
        '{',
        '}',
        '[',
        '\n',
        ',',
        '\\u0000',
        '\\ud800',
        '0',
        '-',
        '1e999',
        'null',
        '\u0000',
        'é',
        "'; DROP TABLE offshoot_tenants; --",
      ),
    )
    .map(
      ([at, piece]): Mutation =>
        (text) =>
          text.slice(0, at * text.length) + piece + text.slice(at * text.length),
    ),
  fc
    .tuple(
      fc.constantFrom(
        /"(?:saw|at|age|createdMs|beat)":[^,}]+/,
        /"(?:id|session|incarnation|log|digest)":"[^"]*"/,
        /"spans":\[[^\]]*\]/,
        /"(?:bodies|digests)":\[[^\]]*\]/,
      ),
      fc.jsonValue(),
    )
    .map(
      ([found, value]): Mutation =>
        (text) =>
          text.replace(found, (pair) => `${pair.slice(0, pair.indexOf(':'))}:${JSON.stringify(value)}`),
    ),
  fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(([at, byte]): Mutation => (text) => {
    const bytes = new TextEncoder().encode(text);
    bytes[Math.floor(at * (bytes.length - 1))] = byte;
    return bytes;
  }),
);

/** What must be so in the database, whatever was sent. */
async function expectWhole(tenant: string): Promise<void> {
  const rows = async (columns: string, table: string) =>
    database.query(`SELECT ${columns} FROM offshoot_${table} WHERE tenant = $1`, [tenant]);
  const [counter] = await database.query('SELECT seq, bytes FROM offshoot_tenants WHERE id = $1', [tenant]);
  if (!counter) return;
  const sessions = await rows('incarnation, seq, snapshots, bytes', 'sessions');
  const snapshots = await rows('incarnation, seq, spans', 'snapshots');
  const entries = await rows('incarnation, log, at, seq', 'entries');
  const tombstones = await rows('incarnation, snapshot, seq', 'tombstones');
  const numbers = [sessions, snapshots, entries, tombstones].flat().map(({ seq }) => Number(seq));
  // A number of its own for every row, none beyond the counter.
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const seq of numbers) expect(seq).toBeLessThanOrEqual(Number(counter['seq']));
  const places = new Set(entries.map(({ incarnation, log, at }) => `${incarnation} ${log} ${at}`));
  for (const { incarnation, spans } of snapshots) {
    const parts = JSON.parse(spans as string) as (string | number)[];
    for (let at = 0; at < parts.length; at += 3) {
      for (let next = 0; next < Number(parts[at + 2]); next++) {
        expect(places).toContain(`${incarnation} ${parts[at]} ${Number(parts[at + 1]) + next}`);
      }
    }
  }
  for (const { incarnation, seq, snapshots: count } of sessions) {
    const own = [...snapshots, ...entries, ...tombstones].filter((row) => row['incarnation'] === incarnation);
    for (const row of own) expect(Number(row['seq'])).toBeLessThan(Number(seq));
    expect(snapshots.filter((row) => row['incarnation'] === incarnation)).toHaveLength(Number(count));
  }
  const living = new Set(sessions.map(({ incarnation }) => incarnation));
  for (const { incarnation } of [...snapshots, ...entries]) expect(living).toContain(incarnation);
  for (const { incarnation, snapshot } of tombstones)
    if (snapshot === '') expect(living).not.toContain(incarnation);
  expect(sessions.reduce((sum, { bytes }) => sum + Number(bytes), 0)).toBe(Number(counter['bytes']));
}

test('no push is answered 500, or written by half', async () => {
  const handler = handlerOver(engine.database, { limits: { requestsPerMinute: 1_000_000_000 } });
  let tenant = newTenant();
  let sent = 0;
  const codes = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.record({
        replica: fc.constantFrom('r1', 'r2'),
        push: fc.integer({ min: 1, max: 50 }),
        heard: number,
      }),
      mutation,
      async (lines, head, mutate) => {
        // Requests meet what earlier ones have left, and now and then an empty place.
        if (sent++ % 40 === 0) tenant = newTenant();
        const device = new Device(handler, tenant);
        const text = [head, ...lines].map((line) => JSON.stringify(line)).join('\n');
        const response = await device.post(mutate(text));
        codes.set(response.status, (codes.get(response.status) ?? 0) + 1);
        expect([200, 400, 413]).toContain(response.status);
        if (response.status === 200) expect(await response.text()).toMatch(/"end":true.*\n$/);
        // What is wrong stays wrong: looking takes longer than pushing.
        if (sent % 5 === 0) await expectWhole(tenant);
      },
    ),
    { numRuns: runs, endOnFailure: true },
  );
  console.log(`${sent} pushes over ${engine.name}, answered ${JSON.stringify(Object.fromEntries(codes))}`);
}, 3_600_000);

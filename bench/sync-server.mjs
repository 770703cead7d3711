// `npm run bench:sync-server`: what one process of `offshoot/server` over Debian's PostgreSQL carries: pushes of a turn beside
// what the database itself takes, and devices that wait. See README.md.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, get } from 'node:http';
import { loadavg } from 'node:os';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createServer as createVite } from 'vite';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '2000' },
    tenants: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '5' },
  },
});
const devices = Number(values.devices);
const tenants = Number(values.tenants);
const seconds = Number(values.seconds);
const AT_ONCE = 16;
const TURN = { question: 'q'.repeat(200), answer: 'a'.repeat(1500) };

// Loads TypeScript, as the tests do.
const vite = await createVite({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
/** @param {string} path */
const load = (path) => vite.ssrLoadModule(path);

if (process.send) await beServer();
else await measure();

/** The process with the handler, so that its memory is that of nobody else. */
async function beServer() {
  const { createSyncHandler } = await load('/src/server/index.ts');
  const database = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 12 });
  const handler = createSyncHandler({
    database,
    limits: { requestsPerMinute: 10_000_000, waiting: 10_000 },
    authorize: (/** @type {Request} */ request) => ({ tenant: request.headers.get('authorization') }),
  });
  const server = createHttpServer(async (incoming, outgoing) => {
    const end = new AbortController();
    outgoing.on('close', () => end.abort());
    const { method = 'GET', url } = incoming;
    const body = method === 'GET' ? {} : { body: Readable.toWeb(incoming), duplex: 'half' };
    const init = /** @type {RequestInit} */ ({
      method,
      headers: incoming.headers,
      signal: end.signal,
      ...body,
    });
    const answer = await handler(new Request(`http://server${url}`, init));
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.flushHeaders();
    if (answer.body)
      Readable.fromWeb(answer.body)
        .on('error', () => {})
        .pipe(outgoing);
    else outgoing.end();
  });
  server.listen(0, '127.0.0.1', () => {
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    process.send?.(address.port);
  });
  process.on('disconnect', () => process.exit());
}

async function measure() {
  const { startPostgres } = await load('/test/sync/server/postgres-server.ts');
  const { migrate } = await load('/src/server/index.ts');
  const before = loadavg()[0];
  const postgres = await startPostgres();
  const url = `postgres://offshoot@127.0.0.1:${postgres.port}/postgres`;
  const database = new pg.Pool({ connectionString: url, max: 12 });
  await migrate(database);
  await database.query(
    'CREATE TABLE floor_counter (tenant text PRIMARY KEY, seq bigint NOT NULL); CREATE TABLE floor_rows (tenant text, seq bigint, body text, PRIMARY KEY (tenant, seq))',
  );
  for (let n = 0; n < 8; n++) await database.query('INSERT INTO floor_counter VALUES ($1, 0)', [`t${n}`]);
  const child = fork(new URL(import.meta.url), [], { env: { ...process.env, DATABASE_URL: url } });
  const port = await new Promise((resolve) => child.once('message', resolve));
  const resident = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

  const floor = await perSecond((n) =>
    database.query(
      `WITH c AS (UPDATE floor_counter SET seq = seq + 4 WHERE tenant = $1 RETURNING seq)
       INSERT INTO floor_rows SELECT $1, c.seq - v.n, v.body FROM c, (VALUES (3, $2), (2, $3), (1, $4), (0, $5)) v (n, body)`,
      [`t${n % 8}`, TURN.question, TURN.answer, 'snapshot', 'session'],
    ),
  );
  const send = sender(port);
  const pushes = await perSecond(send);
  const pushesOfOne = await perSecond(() => send(0));
  const asks = await perSecond((n) => ask(port, `p${n % 8}`, '/changes'));

  const alone = resident();
  const waits = await waiting(port);
  const all = resident();
  const pokes = [];
  for (let n = 0; n < tenants; n++) {
    const since = performance.now();
    await send(n, `w${n}`);
    pokes.push(...(await waits.heard(n, since)));
  }
  pokes.sort((one, other) => one - other);
  const kb = ((all - alone) * 1024) / devices;
  console.log(
    [
      `Node ${process.version}, PostgreSQL on the same machine, load ${before?.toFixed(1)} before`,
      `| what | |`,
      `| --- | ---: |`,
      `| the floor: a counter and four rows in one statement, 8 tenants, ${AT_ONCE} at once | ${floor.toFixed(0)} a second |`,
      `| pushes of a turn (a session, two entries, a snapshot), the same | ${pushes.toFixed(0)} a second |`,
      `| pushes, all of one tenant | ${pushesOfOne.toFixed(0)} a second |`,
      `| lists of changes | ${asks.toFixed(0)} a second |`,
      `| ${devices} devices wait: memory of each | ${kb.toFixed(0)} KiB |`,
      `| a push to the last device that hears of it, median, 99 % | ${at(pokes, 0.5)} ms, ${at(pokes, 0.99)} ms |`,
    ].join('\n'),
  );
  waits.end();
  child.disconnect();
  await database.end();
  await postgres.stop();
  await vite.close();
  process.exit();
}

/** @param {number[]} sorted @param {number} share */
function at(sorted, share) {
  return sorted[Math.floor(sorted.length * share)]?.toFixed(1);
}

/** @param {(n: number) => Promise<unknown>} work */
async function perSecond(work) {
  let [count, n] = [0, 0];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() < end) {
        await work(n++);
        count++;
      }
    }),
  );
  return count / seconds;
}

/** @param {string} tenant */
function headers(tenant) {
  return { authorization: tenant, 'offshoot-sync': '1' };
}

/** @param {number} port @param {string} tenant @param {string} path */
async function ask(port, tenant, path) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: headers(tenant) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

/** Pushes one turn after the other, of a chat of its own for each sender. @param {number} port */
function sender(port) {
  let turns = 0;
  return async (/** @type {number} */ n, tenant = `p${n % 8}`) => {
    const turn = turns++;
    const chat = turn % 64;
    const incarnation = `${tenant}-chat-${chat}`;
    const log = `bench:${chat}`;
    const digest = `d${turn}`;
    const lines = [
      { replica: 'bench' },
      { op: 'session', incarnation, session: incarnation, createdMs: 1 },
      {
        op: 'entries',
        incarnation,
        log,
        at: turn * 2,
        digests: [digest, digest],
        bodies: [TURN.question, TURN.answer],
      },
      {
        ...{ op: 'snapshot', incarnation, id: `${tenant} ${turn}`, saw: 0, digest, createdMs: turn },
        ...{ status: 'completed', spans: [log, turn * 2, 2], body: '{"info":{}}' },
      },
    ];
    const answer = await fetch(`http://127.0.0.1:${port}/push`, {
      method: 'POST',
      headers: { ...headers(tenant), 'content-type': 'application/jsonl' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    const text = await answer.text();
    if (!answer.ok || text.includes('"refused"')) throw new Error(text);
  };
}

/** Opens a stream for each device. @param {number} port */
async function waiting(port) {
  /** @type {{ heard: number[], waiters: (() => void)[] }[]} */
  const told = Array.from({ length: tenants }, () => ({ heard: [], waiters: [] }));
  /** @type {import('node:http').ClientRequest[]} */
  const requests = [];
  for (let n = 0; n < devices; n++) {
    const tenant = n % tenants;
    await new Promise((resolve, reject) => {
      const request = get(
        `http://127.0.0.1:${port}/changes`,
        { headers: { ...headers(`w${tenant}`), accept: 'text/event-stream' }, agent: false },
        (answer) => {
          answer.on('data', (data) => {
            if (!String(data).includes('changed')) return;
            told[tenant]?.heard.push(performance.now());
            for (const waiter of told[tenant]?.waiters ?? []) waiter();
          });
          resolve(undefined);
        },
      );
      request.on('error', reject);
      requests.push(request);
    });
  }
  // What a stream says when it begins is no news.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  for (const each of told) each.heard = [];
  return {
    /** How long after `since` each device heard, in ms. @param {number} tenant @param {number} since */
    heard: async (tenant, since) => {
      const each = /** @type {(typeof told)[number]} */ (told[tenant]);
      const all = Math.ceil((devices - tenant) / tenants);
      while (each.heard.length < all)
        await new Promise((resolve) => each.waiters.push(() => resolve(undefined)));
      return each.heard.map((at) => at - since);
    },
    end: () => requests.forEach((request) => request.on('error', () => {}).destroy()),
  };
}

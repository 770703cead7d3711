import {
  EVENT_STREAM,
  JSON_LINES,
  LIMITS,
  OLDEST_PROTOCOL,
  PROTOCOL,
  type Limits,
} from '../sync/protocol/index.js';
import { databaseOf, type Database, type SyncDatabase } from './database/driver.js';
import { answer, json, refusal, refusalOfAuthorize } from './http/answers.js';
import { bodyOf, textOf } from './http/body.js';
import { corsHeaders, preflight } from './http/cors.js';
import { checkGeneration, expectationsOf, type Expectations } from './http/expectations.js';
import { Problem } from './http/problem.js';
import { Rate } from './http/rate.js';
import { checkProtocol, routeOf, type Route } from './http/route.js';
import { noRoom, putPart, readPart } from './media/media.js';
import { changes } from './pull/changes.js';
import { cursorOf } from './pull/cursor.js';
import { newest } from './pull/newest.js';
import { sessionPage } from './pull/session.js';
import { push } from './push/push.js';
import { readPush } from './request/push-request.js';
import { checkTenant, opaqueId } from './tenant/opaque-id.js';
import { DAY_MS, sweep } from './tenant/sweep.js';
import { openTenant } from './tenant/tenant-row.js';
import { hold } from './wait/hold.js';
import { stream } from './wait/stream.js';
import { Watch } from './wait/watch.js';
import { checkOptions, type SyncHandlerOptions } from './options.js';

/** Who asks, and where their rows are. */
interface Caller {
  tenant: string;
  database: Database;
  expected: Expectations;
}

interface Server {
  options: SyncHandlerOptions;
  limits: Limits;
  watch: Watch;
  rate: Rate;
}

/**
 * Answers the requests of `syncSessions` over a PostgreSQL database: mount it under any path, for GET, POST, PUT and
 * OPTIONS.
 */
export function createSyncHandler(options: SyncHandlerOptions): (request: Request) => Promise<Response> {
  checkOptions(options);
  const limits = { ...LIMITS, ...options.limits };
  const server: Server = { options, limits, watch: new Watch(), rate: new Rate() };
  const origins = options.origins ?? [];
  return async (request) => {
    if (request.method === 'OPTIONS') return preflight(request, origins);
    let response: Response;
    try {
      response = await respond(server, request);
    } catch (error) {
      response = refusal(error);
    }
    for (const [name, value] of Object.entries(corsHeaders(request, origins)))
      response.headers.set(name, value);
    return response;
  };
}

async function respond(server: Server, request: Request): Promise<Response> {
  checkProtocol(request);
  const route = routeOf(request);
  const caller = await callerOf(server.options, request);
  const now = Date.now();
  server.rate.count(caller.tenant, server.limits.requestsPerMinute, now);
  if (route.name === 'info') return info(server, caller, now);
  if (route.name === 'push') return receive(server, caller, request, now);
  if (route.name === 'changes') return tell(server, caller, route, request);
  if (route.name === 'medium') return medium(server, caller, route, request, now);
  const { incarnation, since = 0, replica = '' } = route;
  const page = await sessionPage(caller.database, caller.tenant, incarnation, since, replica, now);
  checkGeneration(caller.expected, page.generation);
  return json(page);
}

async function callerOf({ authorize, database }: SyncHandlerOptions, request: Request): Promise<Caller> {
  let answer: { tenant: string };
  try {
    answer = await authorize(request);
  } catch (error) {
    throw refusalOfAuthorize(error);
  }
  const { tenant } = answer;
  checkTenant(tenant);
  return {
    tenant,
    database: databaseOf(isChooser(database) ? await database(tenant) : database),
    expected: expectationsOf(request, tenant),
  };
}

/** A client of `postgres` is a function as well. */
const isChooser = (
  database: SyncHandlerOptions['database'],
): database is (tenant: string) => SyncDatabase | Promise<SyncDatabase> =>
  typeof database === 'function' && !('unsafe' in database);

async function info({ limits }: Server, { database, tenant }: Caller, now: number): Promise<Response> {
  const { generation } = await openTenant(database, tenant, now);
  const versions = { oldest: OLDEST_PROTOCOL, newest: PROTOCOL };
  return json({ versions, tenant: opaqueId(tenant), generation, limits, now });
}

async function receive(
  server: Server,
  { database, tenant, expected }: Caller,
  request: Request,
  now: number,
) {
  const { limits, options, watch } = server;
  const pushed = readPush(textOf(await bodyOf(request, limits.requestBytes)), limits);
  const { results, end, isFull, sweptMs } = await push(database, tenant, pushed, limits, expected, now);
  if (isFull) throw noRoom(limits);
  watch.tell(database, tenant, cursorOf(end.cursor).seq);
  // What was pushed is there, whatever becomes of the housekeeping.
  if (now - sweptMs >= DAY_MS) await sweep(database, tenant, options.horizonDays ?? 180, now).catch(() => {});
  return answer([...results, end].map((line) => `${JSON.stringify(line)}\n`).join(''), JSON_LINES);
}

async function tell(
  server: Server,
  { database, tenant }: Caller,
  route: Route & { name: 'changes' },
  request: Request,
) {
  const { watch, limits, options } = server;
  const { since, wait = 0, order, after } = route;
  const isStream = request.headers.get('accept')?.includes(EVENT_STREAM) ?? false;
  if ((isStream || wait > 0) && watch.waiting(database, tenant) >= limits.waiting) {
    throw new Problem(429, 'RESOURCE_EXHAUSTED', `more than ${limits.waiting} devices wait at once; wait`, {
      retryAfter: 30,
    });
  }
  if (isStream) {
    const { seq } = await openTenant(database, tenant, Date.now());
    const known = since === undefined ? seq : cursorOf(since).seq;
    const isStillAllowed = async () => {
      try {
        return (await options.authorize(request)).tenant === tenant;
      } catch {
        return false;
      }
    };
    return answer(stream(watch, database, tenant, known, seq, request.signal, isStillAllowed), EVENT_STREAM);
  }
  if (order) return json(await newest(database, tenant, after, Date.now()));
  const read = async () => changes(database, tenant, since, Date.now());
  return json(wait > 0 ? await hold(watch, database, tenant, wait, request.signal, read) : await read());
}

async function medium(
  { limits }: Server,
  { database, tenant }: Caller,
  { digest, part }: Route & { name: 'medium' },
  request: Request,
  now: number,
): Promise<Response> {
  if (request.method === 'PUT') {
    const data = await bodyOf(request, limits.partBytes);
    await putPart(database, tenant, digest, part, data, limits, now);
    return answer(null, '', 204);
  }
  const data = await readPart(database, tenant, digest, part);
  if (!data) throw new Problem(404, 'NOT_FOUND', 'there is no such part of a medium; it may have been freed');
  // A copy, since drivers hand out views of larger buffers.
  return answer(new Uint8Array(data), 'application/octet-stream');
}

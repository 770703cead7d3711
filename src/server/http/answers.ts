import { SessionStoreError } from '../../errors.js';
import { DatabaseFault } from '../database/fault.js';
import { Problem, unavailable } from './problem.js';

const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export const json = (value: unknown, status = 200, more: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { ...headers, 'content-type': 'application/json', ...more },
  });

export const answer = (body: BodyInit | null, type: string, status = 200): Response =>
  new Response(body, { status, headers: { ...headers, ...(body !== null && { 'content-type': type }) } });

export function refusal(error: unknown): Response {
  const problem = problemOf(error);
  const { retryAfter } = problem.more;
  return json(
    problem.answer,
    problem.code,
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  );
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DatabaseFault && !error.isRefusal) return unavailable();
  // Neither the message nor what the database says of it: both may quote what was pushed.
  const code = error instanceof DatabaseFault ? error.code : (error as Error | undefined)?.name;
  console.error(`offshoot/server: ${code}${hintOf(code)}\n${placesOf(error)}`);
  return new Problem(500, 'INTERNAL', 'the server has a fault; its log says where');
}

const hintOf = (code: string | undefined): string =>
  code === '42P01' || code === '42703' ? ': the tables are not up to date. Call migrate(database)' : '';

/** The places in the stack. */
const placesOf = (error: unknown): string =>
  ((error as Error | undefined)?.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');

const CODES: Partial<Record<SessionStoreError['status'], number>> = {
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
};

/** What the app's `authorize` threw: that it is not known who asks, unless it says something else. */
export function refusalOfAuthorize(error: unknown): Problem {
  const isOurs = error instanceof SessionStoreError;
  const code = (isOurs && CODES[error.status]) || 401;
  if (!isOurs || code === 401) {
    return new Problem(401, 'UNAUTHENTICATED', 'sign in, or again: authorize() refused the request');
  }
  return new Problem(code, error.status, 'authorize() refused the request', {
    ...(code !== 403 && { retryAfter: 5 }),
  });
}

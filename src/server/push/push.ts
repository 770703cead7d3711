import { isRefused, type Limits, type PushEnd, type PushResult } from '../../sync/protocol/index.js';
import type { Database, Session } from '../database/driver.js';
import { checkGeneration, restored, type Expectations } from '../http/expectations.js';
import { isOfThisLife, renewGeneration } from '../pull/cursor.js';
import type { PushRequest } from '../request/push-request.js';
import { createTenant, lockTenant, newToken, openTenant, type TenantRow } from '../tenant/tenant-row.js';
import { decide } from './decide.js';
import { findFreed } from './free.js';
import { readState } from './read-state.js';
import type { PushState } from './state.js';
import { write, type Transaction } from './write.js';

export interface PushAnswer {
  results: PushResult[];
  end: PushEnd;
  /** Nothing was taken, only for want of room. */
  isFull: boolean;
  /** When the tenant was swept last. */
  sweptMs: number;
}

/**
 * Reads, decides, and writes in one statement that takes the counter where it was read. Whoever comes second reads again
 * with the tenant's row locked, so nobody tries for ever.
 */
export async function push(
  database: Database,
  tenant: string,
  request: PushRequest,
  limits: Limits,
  expected: Expectations,
  now: number,
): Promise<PushAnswer> {
  const { cursor } = expected;
  const row = await openTenant(database, tenant, now);
  checkGeneration(expected, row.generation);
  // Rows of an earlier life would meet older versions of themselves.
  if (cursor && !(await isOfThisLife(database, row, cursor))) {
    await renewGeneration(database, tenant, cursor);
    throw restored();
  }
  const answer = await attempt(
    database,
    async (work) => database.transaction(work),
    row,
    request,
    limits,
    now,
  );
  return answer ?? pushLocked(database, row, request, limits, now);
}

async function pushLocked(
  database: Database,
  { id: tenant, generation }: TenantRow,
  request: PushRequest,
  limits: Limits,
  now: number,
): Promise<PushAnswer> {
  return database.transaction(async (session) => {
    let row = await lockTenant(session, tenant);
    while (!row) {
      await createTenant(session, tenant, now);
      row = await lockTenant(session, tenant);
    }
    checkGeneration({ generation, cursor: undefined }, row.generation);
    const answer = await attempt(session, async (work) => work(session), row, request, limits, now);
    return answer!;
  });
}

/** Nothing, if somebody else was faster. */
async function attempt(
  session: Session,
  transaction: Transaction,
  tenant: TenantRow,
  { head, lines }: PushRequest,
  limits: Limits,
  now: number,
): Promise<PushAnswer | undefined> {
  const valid = lines.flatMap((line) => ('op' in line ? [line] : []));
  const state = await readState(session, tenant, valid, head.replica);
  const isDuplicate = head.push !== undefined && head.push <= state.lastPush;
  const results = decide({ state, head, now, tenantBytes: limits.tenantBytes, isDuplicate }, lines);
  const isFull =
    results.length > 0 && results.every((result) => isRefused(result) && result.refused === 'full');
  let { token } = tenant;
  if (state.seq > tenant.seq) {
    const freed = await findFreed(session, state);
    token = newToken(tenant.generation);
    const writing = { state, freed, token, now, replica: head.replica, push: head.push };
    if (!(await write(writing, session, transaction))) return undefined;
  }
  return { results, isFull, sweptMs: tenant.sweptMs, end: endOf(state, token, now) };
}

const endOf = (state: PushState, token: string, now: number): PushEnd => ({
  end: true,
  now,
  generation: state.tenant.generation,
  before: `${state.tenant.seq}:${state.tenant.token}`,
  cursor: `${state.seq}:${token}`,
  sessions: Object.fromEntries([
    ...[...state.sessions.values()]
      .filter(({ isTouched }) => isTouched)
      .map(({ incarnation, before, seq }): [string, [number, number]] => [incarnation, [before, seq]]),
    ...[...state.deletedSessions].map(([incarnation, { before, seq }]): [string, [number, number]] => [
      incarnation,
      [before, seq],
    ]),
  ]),
});

import { dequal } from 'dequal';
import { expect } from 'vitest';
import { SessionStoreError } from '../../src/index.js';
import type { StoreApi } from './store-api.js';

/** How a call ended: a value, the status of the store's error, or an error that is not the store's. */
export type Outcome = { value: unknown } | { status: string } | { thrown: unknown };

/** Whether a session without a title has no such key or an undefined one is left open. */
export function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  if ('sessions' in value) return { ...value, sessions: normal(value.sessions) };
  if (!('snapshotCount' in value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}

export async function outcome(call: () => unknown): Promise<Outcome> {
  try {
    return { value: normal(await call()) };
  } catch (error) {
    return error instanceof SessionStoreError ? { status: error.status } : { thrown: error };
  }
}

export type Observation = Record<string, Outcome>;

interface Page {
  cursor?: string | undefined;
}

async function allPages<P extends Page>(
  read: (cursor: string | undefined) => Promise<P>,
): Promise<unknown[]> {
  const pages: unknown[] = [];
  let cursor: string | undefined;
  do {
    const { cursor: next, ...page } = await read(cursor);
    pages.push(page);
    cursor = next;
  } while (cursor !== undefined);
  return pages;
}

/** Everything that can be read about these snapshots and sessions, each under the call that reads it. */
export async function observe(
  api: StoreApi,
  snapshotIds: Iterable<string>,
  sessionIds: Iterable<string>,
  limit: number,
): Promise<Observation> {
  const calls: Record<string, () => Promise<unknown>> = {};
  for (const snapshotId of snapshotIds) {
    calls[`getSnapshot({ snapshotId: '${snapshotId}' })`] = () => api.getSnapshot({ snapshotId });
    calls[`getHistory('${snapshotId}')`] = () => api.getHistory(snapshotId);
  }
  for (const sessionId of sessionIds) {
    calls[`getSnapshot({ sessionId: '${sessionId}' })`] = () => api.getSnapshot({ sessionId });
    calls[`getSession('${sessionId}')`] = () => api.getSession(sessionId);
    calls[`getLeaves('${sessionId}')`] = () => api.getLeaves(sessionId);
    calls[`getHead('${sessionId}')`] = () => api.getHead(sessionId);
    calls[`getTree('${sessionId}')`] = async () => {
      const { nodes, ...tree } = await api.getTree(sessionId);
      // As a list, so that their order is compared as well.
      return { ...tree, nodes: [...nodes] };
    };
    for (const order of ['asc', 'desc'] as const) {
      calls[`listSnapshots({ sessionId: '${sessionId}', order: '${order}', limit: ${limit} })`] = () =>
        allPages((cursor) => api.listSnapshots({ sessionId, order, limit, cursor }));
    }
  }
  for (const order of ['asc', 'desc'] as const) {
    calls[`listSessions({ order: '${order}', limit: ${limit} })`] = () =>
      allPages((cursor) => api.listSessions({ order, limit, cursor }));
  }
  calls['listSessions()'] = () => api.listSessions();
  const entries = Object.entries(calls).map(async ([name, call]) => [name, await outcome(call)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Fails naming the first call whose outcome differs. */
export function expectSame(actual: Observation, expected: Observation, where: string): void {
  // Far faster than expect, which is called only to say what differs.
  if (dequal(actual, expected)) return;
  for (const [call, value] of Object.entries(expected)) {
    if (!dequal(actual[call], value)) expect(actual[call], `${where}: ${call}`).toStrictEqual(value);
  }
  expect(actual, where).toStrictEqual(expected);
}

import type { SessionSnapshot, SnapshotStatus } from '../index.js';
import { startOf } from '../values/schema.js';

export interface WaitOptions {
  /** The time limit in ms, 0 for none. Default: that of the store, 5,000. */
  timeout?: number | undefined;
}

/** At most one of the two ids. */
export interface SnapshotSource {
  /** The id of a snapshot. */
  snapshotId?: string | undefined;
  /** The id of a session, for its latest leaf, as in `getSnapshot({ sessionId })`. Default: the last active session. */
  sessionId?: string | undefined;
}

/** The snapshot to wait for, and the condition it has to meet. */
export interface SnapshotCondition<S = unknown> extends SnapshotSource, WaitOptions {
  /** One of these statuses. */
  status?: SnapshotStatus | readonly SnapshotStatus[] | undefined;
  /** The id of its parent, which tells a new snapshot from earlier ones. */
  parentId?: string | undefined;
  /** Any other condition. Called with every version, in order. */
  predicate?: ((snapshot: SessionSnapshot<S>) => boolean | Promise<boolean>) | undefined;
}

export async function meets<S>(
  snapshot: SessionSnapshot<S>,
  { status, parentId, predicate }: SnapshotCondition<S>,
): Promise<boolean> {
  if (status !== undefined && !([status].flat() as unknown[]).includes(snapshot.status)) return false;
  if (parentId !== undefined && snapshot.parentId !== parentId) return false;
  return predicate === undefined || predicate(snapshot);
}

/** An error with the name of Playwright's own, whose class is not exported. */
export function timeoutError<S>(
  condition: SnapshotCondition<S>,
  timeout: number,
  last: SessionSnapshot<S> | undefined,
): Error {
  const error = new Error(
    `Timeout ${timeout}ms exceeded.\nWaiting for ${described(condition)}.\n` +
      `Last seen: ${last ? seen(last) : 'nothing. There is no such snapshot'}.`,
  );
  return Object.assign(error, { name: 'TimeoutError' });
}

function described<S>({ snapshotId, sessionId, status, parentId, predicate }: SnapshotCondition<S>): string {
  const latest = sessionId === undefined ? 'of the last active session' : `of the session "${sessionId}"`;
  const conditions = [
    status !== undefined && `the status ${[status].flat().map(quoted).join(' or ')}`,
    parentId !== undefined && `the parent "${parentId}"`,
    predicate && 'what the predicate asks for',
  ].filter((each) => each !== false && each !== undefined);
  const snapshot =
    snapshotId === undefined ? `the latest snapshot ${latest}` : `the snapshot "${snapshotId}"`;
  return conditions.length > 0 ? `${snapshot} to have ${conditions.join(' and ')}` : snapshot;
}

function seen<S>({ snapshotId, sessionId, parentId, status, state, error }: SessionSnapshot<S>): string {
  const messages = state?.messages ?? [];
  const last = messages.at(-1);
  return [
    `the snapshot "${snapshotId}"`,
    sessionId !== undefined && `of the session "${sessionId}"`,
    parentId !== undefined && `with the parent "${parentId}"`,
    `with ${status === undefined ? 'no status' : `the status "${status}"`}`,
    error && `with the error "${error.message}"`,
    `with ${messages.length === 1 ? 'one message' : `${messages.length} messages`}`,
    last && `the last: ${shown(last)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Enough to recognize a message. */
const SHOWN_LENGTH = 200;

function shown(message: unknown): string {
  try {
    const text = JSON.stringify(message, (_, part: unknown) =>
      typeof part === 'bigint' ? `${part}n` : part,
    );
    return startOf(text, SHOWN_LENGTH);
  } catch {
    // It is cyclic, or its toJSON throws.
    return startOf(String(message), SHOWN_LENGTH);
  }
}

const quoted = (status: string) => `"${status}"`;

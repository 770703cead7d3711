import type { SessionSnapshot, SnapshotStatus } from '../index.js';

export interface WaitOptions {
  /** In ms, 0 for no limit. Default: that of the store, 5,000. */
  timeout?: number | undefined;
}

/** At most one of the two. */
export interface SnapshotSource {
  /** This snapshot. */
  snapshotId?: string | undefined;
  /** The latest leaf of this session, as `getSnapshot({ sessionId })` has it. Default: of the last active session. */
  sessionId?: string | undefined;
}

/** Which snapshot is waited for, and what has to be true of it. */
export interface SnapshotCondition<S = unknown> extends SnapshotSource, WaitOptions {
  /** One of these. */
  status?: SnapshotStatus | readonly SnapshotStatus[] | undefined;
  /** It continues this one: so it is not what was there before. */
  parentId?: string | undefined;
  /** Anything else. Is called with every version, in order. */
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

/** Playwright's own error is not ours to construct; it goes by its name. */
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

/** Enough to recognize a message by. */
const SHOWN_LENGTH = 200;

function shown(message: unknown): string {
  try {
    return JSON.stringify(message, (_, part: unknown) =>
      typeof part === 'bigint' ? `${part}n` : part,
    ).slice(0, SHOWN_LENGTH);
  } catch {
    // It contains itself, or answers to toJSON with an error.
    return String(message).slice(0, SHOWN_LENGTH);
  }
}

const quoted = (status: string) => `"${status}"`;

import { instantOf } from '../values/instant.js';

/** How long a worker may be silent, unless the application says otherwise. The same as Genkit's own limit. */
export const HEARTBEAT_TIMEOUT_MS = 60_000;

/** Timers of hidden tabs run once a minute, so a worker whose tab lives is given this many timeouts. */
const PATIENCE = 5;

interface Pulse {
  status?: string;
  heartbeatAt?: string;
}

/**
 * Reports a `pending` snapshot whose worker is dead as `expired`. Computed on every read and never stored: a worker
 * that comes back is believed again.
 *
 * `lives` says whether the worker's tab does, if that is known. A tab that lives vouches for its worker: what reads
 * the snapshot sees a recent heartbeat, so that whoever judges by it, as Genkit does, comes to the same conclusion.
 * Otherwise the heartbeat decides; without any, nothing is known, and nothing is claimed.
 */
export function withExpiry<T extends Pulse>(snapshot: T, timeoutMs: number, lives: boolean | undefined): T {
  const { status, heartbeatAt } = snapshot;
  if (status !== 'pending') return snapshot;
  const silentMs = heartbeatAt === undefined ? 0 : Date.now() - instantOf(heartbeatAt);
  if (lives === false || silentMs > timeoutMs * (lives ? PATIENCE : 1))
    return { ...snapshot, status: 'expired' };
  if (!lives || silentMs <= Math.min(timeoutMs, HEARTBEAT_TIMEOUT_MS) / 2) return snapshot;
  return { ...snapshot, heartbeatAt: new Date().toISOString() };
}

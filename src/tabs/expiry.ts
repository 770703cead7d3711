import { instantOf } from '../values/instant.js';

/** How long a worker may be silent by default. The same as in Genkit. */
export const HEARTBEAT_TIMEOUT_MS = 60_000;

/** How many timeouts a worker gets whose tab lives, since timers of hidden tabs run once a minute. */
const PATIENCE = 5;

interface Pulse {
  status?: string;
  heartbeatAt?: string;
}

/**
 * Reports a `pending` snapshot whose worker is dead as `expired`. Computed on every read and never stored, so that a
 * worker that resumes is `pending` again.
 *
 * `lives` tells whether the worker's tab lives, if that is known. If it does, the snapshot reads with a recent
 * heartbeat, so that readers that judge by the heartbeat, as Genkit does, agree. Otherwise the stored heartbeat
 * decides; without one, the status stays as it is.
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

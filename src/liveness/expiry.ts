/** How long a worker may be silent, unless the application says otherwise. The same as Genkit's own limit. */
export const HEARTBEAT_TIMEOUT_MS = 60_000;

interface Pulse {
  status?: string;
  heartbeatAt?: string;
}

/**
 * Reports a `pending` snapshot whose worker has gone silent as `expired`. Computed on every read and never
 * stored: a worker that comes back is believed again. Without any heartbeat nothing is known, and nothing is
 * claimed.
 */
export function withExpiry<T extends Pulse>(snapshot: T, timeoutMs: number): T {
  const { status, heartbeatAt } = snapshot;
  const dead =
    status === 'pending' && heartbeatAt !== undefined && Date.now() - Date.parse(heartbeatAt) > timeoutMs;
  return dead ? { ...snapshot, status: 'expired' } : snapshot;
}

const FIRST_MS = 1000;
const LONGEST_MS = 5 * 60_000;

/**
 * How long to wait after the nth failure in a row (from 1), in ms: doubled each time, and a random half of it, so that devices that
 * lost the same server do not come back at the same moment. Never shorter than what the server asked for.
 */
export function pauseMs(failures: number, retryAfterMs: number, random: () => number = Math.random): number {
  const whole = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return Math.max(retryAfterMs, whole / 2 + (whole / 2) * random());
}

/** `retry-after` in ms: seconds or a date; at most an hour, so that a wrong clock does not end syncing. */
export function retryAfterMs(header: string | null, now: number = Date.now()): number {
  if (!header) return 0;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Math.min(Math.max(ms || 0, 0), 3_600_000);
}

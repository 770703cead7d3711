import type { DeletingAccess } from '../../snapshots/database-access.js';

const DAY_MS = 86_400_000;

/** A clock error of up to this, in ms, is tolerated, since no conversation may be lost by it. */
const LEAST_MS = 5 * 60_000;

/** Readings of the device's clock, in ms, from earlier applications of a policy. */
export const READINGS = ['seen', 'since'] as const;

/**
 * The time up to which the age of sessions counts, in ms since 1970: now, unless the device's clock jumped far ahead of
 * the last reading, `seen`. A wrong clock and a long absence look the same; so the new time counts only after it has
 * been shown, `since` then, for a day, or for a quarter of the age if that is less.
 */
export async function countedUntil(access: DeletingAccess, maxAgeMs: number): Promise<number> {
  const now = Date.now();
  const trial = Math.min(DAY_MS, Math.max(LEAST_MS, maxAgeMs / 4));
  const [clock, ...noted] = await access.read(async (transaction) => {
    const meta = transaction.objectStore('meta');
    return [await meta.get('clock'), await meta.get('seen'), await meta.get('since')];
  });
  // The store's own clock began at the time of day, in µs, and has counted writes since.
  const began = typeof clock === 'number' ? Math.abs(clock) / 1000 : now;
  let [seen, since] = noted.map((reading) => (typeof reading === 'number' ? reading : NaN)) as [
    number,
    number,
  ];
  // A reading in the future was wrong.
  seen = Math.min(now, Math.floor(seen >= 0 ? seen : began));
  if (since <= now - trial) [seen, since] = [since, now];
  else if (!(since <= now)) since = now;
  if (seen !== noted[0] || since !== noted[1]) {
    await access
      .remove(async (transaction) => {
        const meta = transaction.objectStore('meta');
        await meta.put(seen, 'seen');
        await meta.put(since, 'since');
        return null;
      })
      // Best effort: on a full disk the reading is not stored, and less is deleted.
      .catch(() => {});
  }
  return Math.min(now, seen + 2 * trial);
}

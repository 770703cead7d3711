/** How long to wait for one's turn, in ms. A tab may have been stopped in the midst of its own. */
const PATIENCE_MS = 2000;

/**
 * Runs work when no other tab is at something of the same name, so that nobody works in vain again and again. That
 * is a courtesy: who has waited long enough goes on, and must be able to.
 */
export async function takeTurns<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  if (!locks) return work();
  let hasBegun = false;
  try {
    return await locks.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, () => {
      hasBegun = true;
      return work();
    });
  } catch (error) {
    if (hasBegun) throw error;
    return work();
  }
}

import type { ImportReport } from '../../types/transfer.js';
import { readClock } from '../../snapshots/commit.js';
import type { Report } from './report.js';
import type { Target } from './target.js';

/** Runs an import. What the store's own policy is going to delete of it is in its report before that happens. */
export async function underPolicy(
  target: Target,
  report: Report,
  signal: AbortSignal | undefined,
  work: (target: Target) => Promise<void>,
): Promise<ImportReport> {
  const policy = await target.retention();
  const run = async (to: Target) => {
    try {
      await work(to);
      // Where nothing had to be written, nothing else would notice that the key is missing.
      await target.read(readClock);
      report.complete = true;
      if (policy) await report.foresee(policy, signal);
    } catch (error) {
      // Of an import that ended early, what came in stays.
      if (policy && !report.complete && !signal?.aborted)
        await report.foresee(policy, signal).catch(() => {});
      throw report.attachTo(error);
    }
    return report.plain();
  };
  if (!policy) return run(target);
  return policy.whileImporting((ids) => run({ ...target, arriving: (id) => ids.add(id) }));
}
